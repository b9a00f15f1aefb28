//! Decides the frame of every page: its language and the link to the other one, no script, a mark that this is the
//! emulator, and the policy that lets a form's redirects reach the service.

mod catalogue;
mod engine;
pub(in crate::emulator) mod error;
pub(in crate::emulator) mod identity;
pub(in crate::emulator) mod information;
pub(in crate::emulator) mod language;
pub(in crate::emulator) mod steps;

use crate::emulator::http::Reply;
use crate::emulator::product::Product;
use crate::html::{Html, fill};
use language::Reader;

/// Path of the style sheet, from the root: it serves pages outside the issuer's path too.
pub(in crate::emulator) const STYLE: &str = "/emulateur.css";

const STYLE_SHEET: &str = "\
:root{color-scheme:light}\
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:#161616;background:#fff}\
header{border-bottom:1px solid #ccc;padding:1rem}\
header p,header nav,main{max-width:48rem;margin:0 auto}\
header nav{text-align:right}\
.evitement{position:absolute;left:-100rem}\
.lu{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}\
.evitement:focus{position:static}\
main{padding:1.5rem 1rem 3rem}\
.marque{display:inline-block;background:#b34000;color:#fff;padding:0 .5rem;font-weight:bold}\
h1{font-size:1.6rem;line-height:1.25}\
label{display:block;margin-top:1rem}\
.aide,.erreur{display:block;font-size:.875rem}\
.aide{color:#555}\
.erreur{color:#b80400;font-weight:bold}\
.reponse{margin:.25rem 0}\
.reponse label{display:inline}\
.reponse input{width:auto}\
[aria-invalid] input,input[aria-invalid]{border:2px solid #b80400}\
.alerte h2{font-size:1.1rem;margin:.25rem 0}\
input{font:inherit;padding:.5rem;width:100%;max-width:24rem;box-sizing:border-box;border:1px solid #3a3a3a}\
button,.bouton{display:inline-block;font:inherit;margin:1rem 0 0;padding:.6rem 1.2rem;border:1px solid #000091;\
background:#000091;color:#fff;text-decoration:none;cursor:pointer}\
:focus-visible{outline:3px solid #0a76f6;outline-offset:2px}\
ul.choix{list-style:none;padding:0}\
ul.choix button{width:100%;text-align:left;background:#fff;color:#000091}\
dt{font-weight:bold;margin-top:.75rem}\
dd{margin:0;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%}\
th,td{position:relative;text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ddd;vertical-align:top}\
.alerte{border-left:4px solid #ce0500;padding:.5rem 1rem;background:#ffe9e9}\
ul.alerte{padding-left:2rem}\
.code{font-weight:bold}\
select{font:inherit;padding:.5rem;max-width:100%;border:1px solid #3a3a3a;background:#fff}\
fieldset{margin:1rem 0 0;border:1px solid #ccc}\
label.case{display:inline-block;margin:.25rem 1rem .25rem 0}\
label.case input{width:auto}\
.large{overflow-x:auto}\
.discret{margin-top:2rem;font-size:.9rem}\
.note{border-left:4px solid #000091;padding:.5rem 1rem;background:#f5f5fe}\
main:has(.sequence){max-width:72rem}\
pre{overflow-x:auto;background:#f6f6f6;padding:.75rem}\
details{border-top:1px solid #ddd;padding:.5rem 0}\
summary{cursor:pointer}\
code{overflow-wrap:anywhere}\
.lu{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\
.voies{display:grid;grid-template-columns:repeat(3,1fr);text-align:center;font-weight:bold}\
.sequence{list-style:none;margin:0;padding:.5rem 0;font-size:.9rem;\
background:linear-gradient(#bbb,#bbb) 16.667% 0/1px 100% no-repeat,linear-gradient(#bbb,#bbb) 50% 0/1px 100% no-repeat,\
linear-gradient(#bbb,#bbb) 83.333% 0/1px 100% no-repeat}\
.sequence li{box-sizing:border-box;margin-left:16.667%;width:66.667%;padding:.25rem .5rem}\
.sequence .service{margin-left:50%;width:33.333%}\
.sequence .renvoi{width:33.333%}\
.sequence p{margin:0;position:relative;overflow-wrap:anywhere;border-bottom:2px solid #000091;padding-bottom:.1rem}\
.sequence p.retour{border-bottom-style:dashed;text-align:right}\
.sequence p::after{content:\"\\25b6\";position:absolute;right:-.6rem;bottom:-.75rem;color:#000091}\
.sequence p.retour::after{content:\"\\25c0\";right:auto;left:-.6rem}\
.sequence .faux p{border-color:#ce0500}\
.sequence .faux p::after{color:#ce0500}\n";

/// The style sheet.
pub(in crate::emulator) fn style_sheet() -> Reply {
    Reply::with_body(200, "text/css; charset=utf-8", STYLE_SHEET)
        .header("cache-control", "public, max-age=600")
}

/// A page of `product`; its name ends the title. `targets` are origins, beside our own, that a form's answer may
/// redirect to.
pub(in crate::emulator) fn page(
    reader: &Reader,
    product: Product,
    status: u16,
    title: &str,
    main: &Html,
    targets: &[String],
) -> Reply {
    let lang = reader.lang;
    let notice = lang.pick(
        Html::literal("Identités fictives, aucun service de l’État n’est appelé."),
        Html::literal("An emulator: invented identities, no government service is called."),
    );
    let (skip, choice) = lang.pick(("Aller au contenu", "Langue"), ("Skip to content", "Language"));
    let panel = match &reader.panel {
        Some(address) => {
            let words = lang.pick("Inspecteur et fautes", "Inspector and faults");
            fill("<a href=\"{}\">{}</a> ", &[address, &words])
        }
        None => Html::default(),
    };
    let (other, its_name) = (lang.other().tag(), lang.other().pick("Français", "English"));
    // The style sheet is addressed from the root of the emulator's host, wherever the page stands.
    let body = fill(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} - {}</title>\n\
         <link rel=\"stylesheet\" href=\"{}\">\n</head>\n<body>\n\
         <a class=\"evitement\" href=\"#contenu\">{}</a>\n\
         <header><nav aria-label=\"{}\">{}<a href=\"{}\" lang=\"{}\" hreflang=\"{}\">{}</a></nav>\
         <p>{} <strong class=\"marque\" lang=\"fr\">Émulateur</strong> {}</p></header>\n\
         <main id=\"contenu\" tabindex=\"-1\">{}</main>\n</body>\n</html>\n",
        &[
            &lang.tag(),
            &title,
            &product.name(),
            &STYLE,
            &skip,
            &choice,
            &panel,
            &reader.switch(),
            &other,
            &other,
            &its_name,
            &product.name(),
            &notice,
            main,
        ],
    );
    let mut form_action = String::from("'self'");
    for target in targets {
        form_action.push(' ');
        form_action.push_str(target);
    }
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    );
    Reply::with_body(status, "text/html; charset=utf-8", body.into_bytes())
        .header("cache-control", "no-store")
        .header("content-security-policy", policy)
        .header("referrer-policy", "same-origin")
        .header("x-content-type-options", "nosniff")
}
