"""The runner of the documentation sees a page that lies, and lets a page with wildcards pass."""

import os
import tempfile
import unittest

import run_docs


def problems(text: str) -> list:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return run_docs.problems_of(path, folder)


class RunDocs(unittest.TestCase):
    def test_a_true_page_passes(self) -> None:
        self.assertEqual(problems("words\n```console\n$ echo one; echo two\none\ntwo\n```\n"), [])

    def test_a_false_line_is_found_with_its_place(self) -> None:
        found = problems("words\n```console\n$ echo one\ntwo\n```\n")
        self.assertEqual(len(found), 1)
        self.assertIn("page.md:3: `echo one` printed\none\n", found[0])

    def test_a_missing_line_is_found(self) -> None:
        self.assertEqual(len(problems("```console\n$ printf 'a\\nb\\n'\na\n```\n")), 1)

    def test_dots_stand_for_lines_and_for_text(self) -> None:
        page = "```console\n$ seq 5; echo took 17 ms\n1\n...\n5\ntook ... ms\n```\n"
        self.assertEqual(problems(page), [])
        self.assertEqual(len(problems(page.replace("... ms", "... s"))), 1)

    def test_a_command_goes_on_and_the_shell_remembers(self) -> None:
        page = ("```console\n$ cat > file <<E\n> text\n> E\n```\n"
                "```console\n$ cat file\ntext\n$ false\n$ echo $?\n1\n```\n")
        self.assertEqual(problems(page), [])

    def test_a_silent_failure_shows_when_asked(self) -> None:
        self.assertEqual(problems("```console\n$ (exit 3); echo $?\n3\n```\n"), [])

    def test_an_excerpt_is_what_stands_in_the_file(self) -> None:
        page = "<!-- LICENSE -->\n```\n                                 Apache License\n```\n"
        self.assertEqual(problems(page), [])
        self.assertIn("page.md:1: this is not in LICENSE", problems(page.replace("Ap", "ap"))[0])
        self.assertIn("there is no GONE", problems(page.replace("LICENSE", "GONE"))[0])

    def test_a_dead_link_is_found(self) -> None:
        page = "[itself](page.md#top) [away](https://example.org/x) [here](#there)\n"
        self.assertEqual(problems(page), [])
        self.assertIn("page.md:2: nothing stands at gone.md", problems(page + "[x](gone.md)")[0])


if __name__ == "__main__":
    unittest.main()
