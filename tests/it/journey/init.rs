//! `journey init` and the file: what is typed, what stands there already, and who may read it.

use super::cli::journey;
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
