//! `journey init` and the file: what is typed, what stands there already, and who may read it.

use super::cli::journey;
use super::{GRANTED, example};
use crate::native_support::Folder;
use std::path::PathBuf;

fn file(folder: &Folder) -> PathBuf {
    folder.path().join("franceconnect.toml")
}

fn read(folder: &Folder) -> String {
    std::fs::read_to_string(file(folder)).unwrap()
}

#[test]
fn answers_are_taken_as_people_type_them_and_odd_ones_are_asked_for_again() {
    let folder = Folder::new();
    let answers: [&[u8]; 9] = [
        b"\x1b[A\n",
        b"Mairie d'\xc9t\xe9\n",
        "Mairie d’Été \"centre\" \\ nord\r\n".as_bytes(),
        b"130 025 265 00013\n",
        b"mairie\n",
        b"Public\n",
        b"Camille\n",
        b"\n\n",
        b"peut-etre\noui\n",
    ];
    let (_, printed, _) = journey(&folder, &["init"], answers.concat());
    assert_eq!(printed.matches("contient un caractère de commande").count(), 2, "{printed}");
    for part in ["n’est pas l’un de : public, delegate", "o pour oui, n pour non.", "(Pourquoi : seuls"] {
        assert!(printed.contains(part), "{part} is missing from:\n{printed}");
    }
    assert!(!printed.contains('\u{1b}'));
    assert!(
        read(&folder).ends_with(
            "[organisation]\nname = \"Mairie d’Été \\\"centre\\\" \\\\ nord\"\nsiret = \"130 025 265 00013\"\n\
             body = \"public\"\nsignatory = \"Camille\"\n\n[boxes]\nterms_accepted = true\n"
        ),
        "{}",
        read(&folder)
    );
}

#[test]
fn an_answer_changes_nothing_but_what_it_answers() {
    let folder = Folder::new();
    // A line of a text looks like the field that is asked for; a table is written in another form.
    for (before, place) in [
        ("[organisation]\nsignatory = \"\"\"\nname = \"ours\"\n\"\"\"\n", "organisation.name"),
        ("organisation = { siret = \"13002526500013\" }\n", "organisation.name"),
        ("[organisation]\n\"name\" = \"\"\n", "organisation.name"),
    ] {
        folder.write("franceconnect.toml", before);
        let (_, _, told) = journey(&folder, &["init"], "Commune\n");
        let expected =
            format!("Réponse non écrite : {place} existe sous une autre forme dans le fichier ; l’y mettre");
        assert!(told.contains(&expected), "{before}: {told}");
        assert_eq!(read(&folder), before);
    }
}

#[test]
fn a_purpose_is_a_text_like_another() {
    let folder = Folder::new();
    let data = "[personal_data]\nretention_months = 1\n";
    folder.write("franceconnect.toml", data);
    // The seven questions of eligibility and the six of the service stay open; then come the data.
    let answers = format!("{}\u{1b}[A\nNommer\n", "\n".repeat(13));
    let (_, printed, _) = journey(&folder, &["init"], answers);
    assert!(printed.contains("contient un caractère de commande"), "{printed}");
    assert!(read(&folder).contains("purpose = \"Nommer\""), "{}", read(&folder));
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_file_and_links_stay_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = Folder::new();
    journey(&folder, &["init"], "Commune\n");
    assert_eq!(mode(file(&folder)), 0o600);

    // Who may read it is the team's to say.
    std::fs::set_permissions(file(&folder), PermissionsExt::from_mode(0o640)).unwrap();
    journey(&folder, &["init"], "13002526500013\n");
    assert_eq!(mode(file(&folder)), 0o640);

    let kept = folder.path().join("elsewhere.toml");
    std::fs::rename(file(&folder), &kept).unwrap();
    symlink("elsewhere.toml", file(&folder)).unwrap();
    // What somebody put in the way is not written through.
    folder.write("victim", "untouched");
    symlink("victim", folder.path().join("elsewhere.toml.new")).unwrap();
    journey(&folder, &["init"], "public\n");
    assert!(file(&folder).is_symlink() && read(&folder).contains("body = \"public\""), "{}", read(&folder));
    assert_eq!(std::fs::read_to_string(folder.path().join("victim")).unwrap(), "untouched");

    std::fs::remove_file(&kept).unwrap();
    let (status, _, told) = journey(&folder, &["init"], "Commune\n");
    assert!(status == 2 && file(&folder).is_symlink(), "{told}");
}

#[test]
fn a_file_without_an_end_is_refused() {
    let folder = Folder::new();
    folder.write("franceconnect.toml", "# \n".repeat(400_000));
    for words in [&["init"][..], &[], &["sheet", "eligibility"]] {
        let (status, _, told) = journey(&folder, words, "");
        assert!(status == 2 && told.contains("franceconnect.toml") && told.contains("> 1 MiB"), "{told}");
    }
}

const ENVIRONMENTS: &str = "[vars]\nPUBLIC_URL = \"https://demo.my-service.fr\"\n\
    [env.live.vars]\nPUBLIC_URL = \"https://my-service.fr/\"\n\
    [env.trial.vars]\nPUBLIC_URL = \"https://trial.my-service.fr\"\n\
    [env.bare]\nname = \"bare\"\n\
    [env.\"\\u001b[2J\".vars]\n[env.\"\\u202e\".vars]\n[env.\"\".vars]\n";

/// The file of a team that misses nothing but what `changes` take from it, and a configuration beside it.
fn complete(changes: &[(&str, &str)], wrangler: &str) -> Folder {
    let text = GRANTED.iter().chain(changes).fold(example(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    });
    let folder = Folder::new();
    folder.write("franceconnect.toml", text).write("wrangler.toml", wrangler);
    folder
}

/// What takes the environments from it; the line of one stays and is empty.
const UNSAID: [(&str, &str); 2] =
    [("wrangler_env = \"staging\"", "wrangler_env = \"\" # which?"), ("wrangler_env = \"production\"\n", "")];
/// What says where the report is.
const REPORTED: (&str, &str) = ("# report =", "report =");

/// The fields that are asked for, in their order.
fn asked(printed: &str) -> Vec<&str> {
    let lines = printed.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(" ? "));
    lines.map(|line| line.split(' ').next().unwrap()).collect()
}

#[test]
fn which_environment_of_wrangler_is_meant_is_asked_and_must_be_one() {
    let folder = complete(&[UNSAID[0], UNSAID[1], REPORTED], ENVIRONMENTS);
    let (_, printed, _) = journey(&folder, &["init"], "Trial\nstaging\u{1b}[A\ntrial\n");
    let env = ["sandbox.wrangler_env"; 3];
    assert_eq!(asked(&printed), [&env[..], &["production.wrangler_env"]].concat(), "{printed}");
    let offered =
        "\n  wrangler.toml : bare, live (https://my-service.fr), trial (https://trial.my-service.fr)\n";
    for part in [
        "qui est le bac à sable ; sans lui, c’est le haut du fichier (vars) qui est lu",
        offered,
        "  n’est pas un environnement de wrangler.toml ; il y a : bare, live, trial.\n",
        "contient un caractère de commande",
    ] {
        assert!(printed.contains(part), "{part} is missing from:\n{printed}");
    }
    assert!(!printed.contains(['\u{1b}', '\u{202e}']), "{printed:?}");
    assert!(read(&folder).contains("\nwrangler_env = \"trial\" # which?\n"), "{}", read(&folder));

    // Taken up again, in the other language: what was said is asked no more, what was left is.
    let (_, printed, _) = journey(&folder, &["init", "--lang", "en"], "prod\n\n");
    assert_eq!(asked(&printed), ["production.wrangler_env"; 2], "{printed}");
    let refusal = "  is no environment of wrangler.toml; there are: bare, live, trial.\n";
    assert!(printed.contains("that is production; without it") && printed.contains(refusal), "{printed}");
    let (_, _, _) = journey(&folder, &["init"], "live\n");
    let (_, printed, _) = journey(&folder, &["init"], "");
    assert_eq!(asked(&printed), [""; 0], "{printed}");
    let production = read(&folder).split("\n[production]\n").nth(1).unwrap().to_owned();
    assert!(production.split("\n[").next().unwrap().contains("\nwrangler_env = \"live\""), "{production}");
}

#[test]
fn where_there_are_no_environments_none_is_asked_for() {
    let same: (&str, &str) = ("", "");
    for (change, wrangler) in [
        (same, "[vars]\nPUBLIC_URL = \"https://my-service.fr\"\n"),
        (same, "[env]\n"),
        (same, "env = \"trial\"\n[vars]\n"),
        (same, "[env]\ntrial = 1\n"),
        (("configuration = \"wrangler.toml\"", "configuration = \"environment\""), "[vars]\n"),
        (("configuration = \"wrangler.toml\"", "configuration = \"spin.toml\""), "[vars]\n"),
    ] {
        let folder = complete(&[change, UNSAID[0], UNSAID[1], REPORTED], wrangler);
        // Other programs’ files have none of wrangler, whatever stands in them.
        folder.write("environment", "[env.trial]\n").write("spin.toml", "[env.trial]\n");
        let before = read(&folder);
        let (_, printed, _) = journey(&folder, &["init"], "trial\n");
        assert_eq!((asked(&printed), read(&folder)), (vec![], before), "{wrangler}");
    }
    // One that cannot be read is told, and asked for nothing.
    let folder = complete(&[UNSAID[0], UNSAID[1], REPORTED], "[env.trial\n");
    let (status, printed, told) = journey(&folder, &["init"], "trial\n");
    assert_eq!((status, asked(&printed)), (2, vec![]), "{printed}");
    assert!(told.contains("wrangler.toml:1 : TOML illisible"), "{told}");
}

#[test]
fn where_the_report_of_the_acceptance_goes_is_asked_with_a_proposal() {
    let agreed = "[[attestation]]\nabout = \"qualification\"\nby = \"Sacha Martin\"\non = 2026-12-10\n\n[organisation]";
    let plus = ("level = \"eidas1\"", "level = \"eidas2\"");
    for (change, answers, proposed, written) in [
        (("", ""), "o\n", "recette.json", "report = \"recette.json\"\n"),
        (("", ""), "Oui\n", "recette.json", "report = \"recette.json\"\n"),
        (plus, "y\n", "recette-plus.json", "report = \"recette-plus.json\"\n"),
        (("", ""), "ci/o.json\n", "recette.json", "report = \"ci/o.json\"\n"),
        (("", ""), "\u{1b}[A\n\n", "recette.json", ""),
        (("", ""), "", "recette.json", ""),
        (("[organisation]", agreed), "o\n", "", ""),
    ] {
        let folder = complete(&[change], "[vars]\n");
        let before = read(&folder);
        let (_, printed, _) = journey(&folder, &["init"], answers);
        let question = format!("\n  qualification.report (o : {proposed}) ? \n");
        assert_eq!(printed.contains(&question), !proposed.is_empty(), "{answers:?}: {printed}");
        assert_eq!(printed.contains("contient un caractère de commande"), answers.contains('\u{1b}'));
        match written {
            "" => assert_eq!(read(&folder), before),
            line => assert!(read(&folder).contains(line), "{answers:?}: {}", read(&folder)),
        }
        let (_, printed, _) = journey(&folder, &["init", "--lang", "en"], "");
        assert_eq!(printed.contains("(y: rec"), written.is_empty() && !proposed.is_empty(), "{printed}");
    }
}
