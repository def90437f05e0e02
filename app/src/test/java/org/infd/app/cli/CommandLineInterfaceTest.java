package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all commands have in common: sentences for what is wrong, options, help, the studio. */
class CommandLineInterfaceTest extends CommandLineCase {
  @Test
  void renderingWithAnotherVersionOfTheModelIsSaid() throws IOException {
    Files.writeString(work.resolve("x.infd"), "field\nmountains\nanother\n7");
    assertEquals(0, run("render", path("x.infd"), "--size=8", "--out=" + path("x.png")));
    assertTrue(err.contains("another version of the model"), err);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | nothing in it        | generate --size 0 --out x.png",
        "1 | nothing in it        | generate --size -5 --out x.png",
        "1 | too large            | generate --size 1048577 --out x.png",
        "2 | --size               | generate --size 99999999999999999999 --out x.png",
        "2 | --size               | generate --size big --out x.png",
        "2 | --seed               | generate --seed 1.5 --out x.png",
        "1 | --steps is at least  | generate --steps 0 --out x.png",
        "1 | between 0 and 1      | generate --eta 1.5 --out x.png",
        "1 | between 0 and 1      | generate --eta NaN --out x.png",
        "1 | --count is between   | generate --count 0 --out x.png",
        "1 | --count is between   | generate --count 1000000 --out x.png",
        "1 | --threads is between | generate --threads -1 --out x.png",
        "1 | no device 'tpu'      | generate --device tpu --out x.png",
        "2 | sampler              | generate --sampler heun --out x.png",
        "1 | There is no model    | generate --model none --out x.png",
        "1 | bundle.json          | generate --model . --out x.png",
        "1 | Say where            | generate --seed 7",
        "1 | written as .png      | generate --out x.gif",
        "1 | There is no folder   | generate --out none/x.png",
        "1 | is a folder          | generate --field models.infd/.. --size 8",
        "1 | same file            | generate --out x.png --field x.png",
        "2 | Unknown option       | generate --sise 8 --out x.png",
        "2 | Unmatched argument   | generate x.png",
        "2 | Did you mean         | generat --out x.png",
        "2 | Missing required     | render x.infd --out x.png",
        "2 | is no size           | render x.infd --size 8by8 --out x.png",
        "1 | nothing in it        | render x.infd --size 0x8 --out x.png",
        "2 | is no region         | render x.infd --size 8 --region 0,0,1 --out x.png",
        "2 | does not lie in      | render x.infd --size 8 --region 0,0.5,1,1 --out x.png",
        "2 | is no region         | render x.infd --size 8 --region a,b,c,d --out x.png",
        "1 | could not be read    | render none.infd --size 8 --out x.png",
        "1 | would need           | render x.infd --size 8 --region 0,0,1e-9,1e-9 --out x.png",
        "2 | Name the checkpoint  | import",
        "2 | belong to --clip     | import c.pth --into m",
        "2 | two imports          | import c.pth --clip m.pt",
        "2 | Say with --into      | import --clip m.pt",
        "1 | There is no file     | import --clip m.pt --into mountains",
        "1 | There is no file     | import none.pth --out x",
        "1 | is not a file        | import . --out x",
        "2 | is no range          | import . --out x --trained-scale 9..3",
        "2 | is no range          | import . --out x --trained-scale 256",
        "1 | There is no model    | verify none",
        "2 | Unmatched            | devices now"
      })
  void whatIsWrongIsSaidInASentence(int code, String part, String line) throws IOException {
    var arguments = line.strip().split(" ");
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].matches("\\.|[a-z/]+\\.[a-z/.]+|x")) {
        arguments[i] = path(arguments[i]);
      }
    }
    assertFails(code, part.strip(), arguments);
    assertEquals(List.of(), names(), "no half files");
    assertEquals(List.of(), services.generated, "said before any work");
  }

  @Test
  void aFaultOfTheProgramIsKeptForDiagnosis() throws IOException {
    assertFails(1, "fault of the program", "devices", "--device=broken");
    var file = logs.resolve("last-fault.txt");
    assertTrue(err.contains(file.toString()), err);
    assertTrue(Files.readString(file).contains("IllegalStateException: a fault of the program"));
  }

  @Test
  void debugShowsTheStackTrace() {
    assertEquals(1, run("devices", "--device=tpu", "--debug"));
    assertTrue(err.contains("at org.infd.app.cli"), err);
  }

  @Test
  void tooLittleMemoryIsASentence() {
    assertFails(1, "not enough memory", "devices", "--device=huge");
  }

  @Test
  void aCancelledRunLeavesNothing() throws IOException {
    services.beforeTile =
        () -> {
          throw new CancellationException("stop");
        };
    assertEquals(130, run("generate", "--size=600", "--out=" + path("x.png")));
    assertTrue(err.contains("Cancelled"), err);
    assertEquals(List.of(), names());
  }

  @Test
  void progressIsPlainLinesUnlessThereIsAScreen() {
    run("generate", "--seed=7", "--size=600", "--out=" + path("x.png"));
    assertFalse(err.contains("\r"), err);
    assertTrue(err.contains("Sampling seed 7: 100 %, step 25 of 25"), err);
    assertTrue(err.contains("Rendering: 100 %, 0.4 of 0.4 megapixels"), err);
    assertTrue(err.lines().count() < 30, err);
    interactive = true;
    run("generate", "--seed=7", "--size=600", "--out=" + path("x.png"));
    assertTrue(err.contains("\rRendering [########################] 100 %"), err);
  }

  @Test
  void quietSaysOnlyResults() {
    interactive = true;
    assertEquals(0, run("generate", "-q", "--size=600", "--out=" + path("x.png")));
    assertEquals("", err);
    assertTrue(out.contains("600×600"), out);
  }

  @Test
  void theCommonOptionsStandBeforeACommandToo() {
    interactive = true;
    assertEquals(0, run("-q", "generate", "--size=600", "--out=" + path("x.png")));
    assertEquals("", err);
    assertTrue(out.contains("600×600"), out);
    assertEquals(1, run("--debug", "devices", "--device=tpu"));
    assertTrue(err.contains("\tat "), err);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "generate",
        "layout",
        "redo",
        "vary",
        "encode",
        "render",
        "batch",
        "info",
        "import",
        "models",
        "verify",
        "devices",
        "bench"
      })
  void everyCommandHasHelp(String command) {
    assertEquals(0, command.isEmpty() ? run("--help") : run(command, "--help"));
    assertTrue(out.startsWith(command.isEmpty() ? "Images that are" : "Usage: infd " + command));
    assertTrue(out.contains("--quiet"), out);
    assertEquals("", err);
    assertEquals(0, command.isEmpty() ? run("--version") : run(command, "--version"));
    assertTrue(out.startsWith("INFD Studio "), out);
  }

  @Test
  void withoutACommandTheStudioOpens() {
    var opened = new boolean[1];
    studio = (start, _) -> opened[0] = start.files().isEmpty();
    assertEquals(0, run());
    assertTrue(opened[0]);
    studio =
        (_, _) -> {
          throw new Problem("There is no display here.");
        };
    assertFails(1, "There is no display here.");
  }

  @Test
  void aFileOpensInTheStudioAndAnythingElseWasMeantAsACommand() {
    var opened = new ArrayList<Path>();
    var beside = new ArrayList<Boolean>();
    studio =
        (start, _) -> {
          opened.addAll(start.files());
          beside.add(start.newWindow());
        };
    assertEquals(0, run("lake view.infd"));
    assertEquals(List.of(Path.of("lake view.infd")), opened);
    assertEquals(2, run("genrate"));
    assertTrue(err.contains("generate"), err);
    assertEquals(1, opened.size());
    assertEquals(0, run("--new-window", "a.infd", "b.infd"));
    assertEquals(0, run("a.infd", "--new-window"));
    assertEquals(0, run("--new-window"));
    assertEquals(4, opened.size());
    assertEquals(List.of(false, true, true, true), beside);
  }

  @Test
  void aValueThatIsNoNumberIsSaidInWords() {
    assertEquals(2, run("vary", "x.infd", "--strength=0,5", "--out=" + path("x.png")));
    assertTrue(err.toString().contains("'0,5' is not a number."), err.toString());
    assertEquals(2, run("generate", "--count=99999999999", "--out=" + path("x.png")));
    assertTrue(err.toString().contains("'99999999999' is not a whole number"), err.toString());
  }
}
