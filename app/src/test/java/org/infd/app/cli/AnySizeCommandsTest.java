package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.infd.inference.StrictJson;
import org.infd.inference.export.ResumableExport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Folders of tiles, interrupted exports, batches, and what files say of themselves. */
class AnySizeCommandsTest {
  @TempDir Path folder;
  private FakeServices services;
  private Path work;
  private String out = "";
  private String err = "";

  @BeforeEach
  void make() throws IOException {
    services = new FakeServices(Files.createDirectory(folder.resolve("data")));
    services.install("mountains", 0);
    work = Files.createDirectory(folder.resolve("work"));
    assertEquals(0, run("generate", "--seed=7", "--field=" + path("x.infd")), err);
  }

  private String path(String name) {
    return work.resolve(name).toString();
  }

  private int run(String... arguments) {
    var outBytes = new StringWriter();
    var errBytes = new StringWriter();
    var terminal = new Terminal(new PrintWriter(outBytes), new PrintWriter(errBytes), false);
    int code =
        new CommandLineInterface(services, (_, _) -> {}, terminal, folder.resolve("logs"))
            .run(arguments);
    out = outBytes.toString();
    err = errBytes.toString();
    return code;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFolderOfTilesWithItsPage() throws IOException {
    assertEquals(
        0,
        run(
            "render",
            path("x.infd"),
            "--size=700x600",
            "--format=dzi",
            "--tiles=png",
            "--page",
            "--title=A <lake>",
            "--out=" + path("lake")),
        err);
    assertEquals(path("lake") + ": 700×600 pixels in 14 tiles, seed 7", out.strip());
    assertEquals(List.of("lake", "x.infd"), names());
    assertEquals(511, ImageIO.read(work.resolve("lake/lake_files/10/0_0.png").toFile()).getWidth());
    assertTrue(Files.readString(work.resolve("lake/index.html")).contains("A &lt;lake&gt;"));
    for (var file : List.of("lake", "lake/lake.dzi", "lake/index.html")) {
      assertEquals(0, run("info", path(file)), err);
      assertTrue(out.contains("a picture"), out);
      assertTrue(out.contains("700×600"), out);
      assertTrue(out.contains("row 50, column 0 of 700×700"), out);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'--format=dzi --out=full', holds something already",
    "'--format=dzi --out=a.png', is the name of a PNG",
    "'--page --out=a.png', A page belongs to a folder",
    "'--format=dzi --title=x --out=d', Say --page too",
    "'--base-url=https://a.example --format=dzi --out=d', is for --format iiif",
    "'--subifd --out=a.tif', is for --format bigtiff",
    "'--tiles=gif --format=dzi --out=d', is jpeg or png",
    "'--tiles=png --out=a.png', is for --format dzi",
    "'--quality=0 --out=a.jpg', between 1 and 100",
    "'--out=d', has no ending that names a picture format",
    "'--format=jpeg --size=70000 --out=a.jpg', holds at most 65535",
    "'--format=png --out=x.infd', would take the place"
  })
  void whatMakesNoSenseIsSaidBeforeAnyWork(String arguments, String part) throws IOException {
    Files.createDirectories(work.resolve("full/of"));
    var before = names();
    var line =
        Stream.concat(
                Stream.of("render", path("x.infd")),
                Stream.of(arguments.split(" "))
                    .map(
                        word ->
                            word.startsWith("--out=") ? "--out=" + path(word.substring(6)) : word))
            .toList();
    boolean sized = arguments.contains("--size");
    var all = sized ? line : Stream.concat(line.stream(), Stream.of("--size=64")).toList();
    services.exact.clear();
    assertEquals(1, run(all.toArray(String[]::new)));
    assertTrue(err.contains(part), err);
    assertEquals(before, names());
    assertEquals(List.of(), services.exact, "nothing was opened");
  }

  @Test
  void anInterruptedExportGoesOnAndSaysSo() throws Exception {
    var tiles = new AtomicInteger();
    services.beforeTile =
        () -> {
          if (tiles.incrementAndGet() == 5) {
            throw new java.util.concurrent.CancellationException("a signal");
          }
        };
    String[] command = {"render", path("x.infd"), "--size=900", "--out=" + path("y.png")};
    assertEquals(130, run(command));
    assertTrue(err.contains("the same command goes on from there"), err);
    assertFalse(Files.exists(work.resolve("y.png")));
    assertEquals(0, run("info", ResumableExport.journal(work.resolve("y.png")).toString()), err);
    assertTrue(out.contains("an export that is not finished"), out);
    assertTrue(out.contains("900x900"), out);
    assertEquals(1, run("render", path("x.infd"), "--size=800", "--out=" + path("y.png")));
    assertTrue(err.contains("another size"), err);
    assertEquals(0, run(command), err);
    assertTrue(err.contains("Going on with"), err);
    assertEquals(0, run("render", path("x.infd"), "--size=900", "--out=" + path("z.png")));
    assertEquals(
        -1, Files.mismatch(work.resolve("y.png"), work.resolve("z.png")), "the same bytes");
    assertEquals(List.of("x.infd", "y.png", "z.png"), names());
  }

  @Test
  void infoTellsWhatEachFileHolds() throws IOException {
    assertEquals(0, run("info", path("x.infd")), err);
    assertTrue(out.contains("an image without a resolution"), out);
    assertTrue(out.contains("3×8×8"), out);
    assertTrue(out.lines().anyMatch(line -> line.matches("seed: +7")), out);
    assertEquals(0, run("info", folder.resolve("data/models/mountains").toString()), err);
    assertTrue(out.contains("The mountains"), out);
    Files.writeString(
        work.resolve("l.json"),
        "{\"version\":1,\"prompt\":\"sea\",\"boxes\":[{\"row\":0.1,\"column\":0.5,\"height\":0.3,"
            + "\"width\":0.3,\"prompt\":\"ship\"}]}");
    assertEquals(0, run("info", path("l.json")), err);
    assertTrue(out.contains("ship"), out);
    for (var name : List.of("a.jpg", "a.tif")) {
      assertEquals(0, run("render", path("x.infd"), "--size=40", "--out=" + path(name)), err);
      assertEquals(0, run("info", path(name)), err);
      assertTrue(out.contains("40×40"), out);
    }
    Files.writeString(work.resolve("n.txt"), "nothing");
    assertEquals(1, run("info", path("n.txt")));
    assertTrue(err.contains("says nothing that this program knows"), err);
    assertEquals(1, run("info", path("none")));
    assertTrue(err.contains("There is no"), err);
  }

  private List<JsonNode> results() {
    return out.lines().map(line -> StrictJson.lines().readTree(line)).toList();
  }

  private String job(String name, int seed) {
    return "{\"command\":\"generate\",\"seed\":%d,\"size\":32,\"out\":\"%s\"}"
        .formatted(seed, path(name).replace("\\", "\\\\"));
  }

  @Test
  void aBatchRunsItsJobsAndGoesOn() throws IOException {
    var jobs = work.resolve("jobs.jsonl");
    Files.write(
        jobs,
        List.of(
            job("a.png", 1),
            "",
            "{\"command\":\"import\",\"out\":\"x\"}",
            job("b.png", 2).replace("32", "-1"),
            job("a.png", 3),
            "{\"command\":\"render\",\"file\":\"%s\",\"size\":64,\"format\":\"dzi\",\"out\":\"%s\"}"
                .formatted(path("x.infd"), path("tiles")),
            "no JSON"));
    assertEquals(1, run("batch", jobs.toString()), err);
    var results = results();
    assertEquals(
        List.of("done", "failed", "failed", "failed", "done", "failed"),
        results.stream().map(result -> result.path("status").asString()).toList());
    assertEquals(1, results.getFirst().path("line").asInt());
    assertEquals(3, results.get(1).path("line").asInt());
    assertTrue(results.get(1).path("problem").asString().contains("is none of"), out);
    assertTrue(results.get(3).path("problem").asString().contains("by line 1 already"), out);
    assertTrue(results.get(5).path("problem").asString().contains("no JSON"), out);
    assertEquals(
        64, results.getFirst().path("files").path(path("a.png")).asString().length(), "SHA-256");
    assertTrue(Files.exists(work.resolve("tiles/tiles.dzi")));
    assertEquals(out, Files.readString(work.resolve("jobs.results.jsonl")));

    Files.delete(work.resolve("a.png"));
    assertEquals(1, run("batch", "--continue", jobs.toString()), err);
    assertEquals(
        List.of("done", "failed", "failed", "failed", "skipped", "failed"),
        results().stream().map(result -> result.path("status").asString()).toList());
    assertTrue(Files.exists(work.resolve("a.png")));
  }

  @Test
  void shardsShareTheJobs() throws IOException {
    var jobs = work.resolve("jobs.jsonl");
    Files.write(jobs, Stream.iterate(1, i -> i + 1).limit(5).map(i -> job(i + ".png", i)).toList());
    assertEquals(0, run("batch", jobs.toString(), "--shard=1/2"), err);
    assertEquals(
        List.of(1, 3, 5), results().stream().map(result -> result.path("line").asInt()).toList());
    assertEquals(0, run("batch", jobs.toString(), "--shard=2/2"), err);
    assertEquals(
        List.of(2, 4), results().stream().map(result -> result.path("line").asInt()).toList());
    assertTrue(names().contains("jobs.results-2-of-2.jsonl"));
    assertEquals(1, run("batch", jobs.toString(), "--shard=3/2"));
    assertTrue(err.contains("I from 1 to N"), err);
  }

  @Test
  void anInterruptedBatchEndsWithThree() throws IOException {
    var jobs = work.resolve("jobs.jsonl");
    Files.write(jobs, List.of(job("a.png", 1), job("b.png", 2), job("c.png", 3)));
    var tiles = new AtomicInteger();
    services.beforeTile =
        () -> {
          if (tiles.incrementAndGet() == 2) {
            throw new java.util.concurrent.CancellationException("a signal");
          }
        };
    assertEquals(3, run("batch", jobs.toString()));
    assertEquals(
        List.of("done", "interrupted"),
        results().stream().map(result -> result.path("status").asString()).toList());
    assertEquals(0, run("batch", jobs.toString(), "--continue"), err);
    assertEquals(
        List.of("skipped", "done", "done"),
        results().stream().map(result -> result.path("status").asString()).toList());
  }

  @Test
  void aBatchDivesAndFilms() throws IOException {
    services.installDiving("deep");
    var hash = services.models().find("deep").hash();
    Files.writeString(work.resolve("d.infd"), "field\ndeep\n" + hash + "\n7");
    var jobs = work.resolve("jobs.jsonl");
    var file = path("d.infd").replace("\\", "\\\\");
    Files.write(
        jobs,
        List.of(
            "{\"command\":\"dive\",\"file\":\"%s\",\"path\":\"0.4,0.6\",\"depth\":2,\"size\":8,\"out\":\"%s\"}"
                .formatted(file, path("deep.png").replace("\\", "\\\\")),
            "{\"command\":\"film\",\"file\":\"%s\",\"to\":\"0.5,0.5\",\"depth\":1,\"seconds\":1,\"fps\":4,\"size\":\"32x24\",\"out\":\"%s\"}"
                .formatted(file, path("zoom.avi").replace("\\", "\\\\"))));
    assertEquals(0, run("batch", jobs.toString()), err + out);
    assertTrue(names().containsAll(List.of("deep.png", "zoom.avi")), names().toString());
    assertEquals(
        64, results().get(1).path("files").path(path("zoom.avi")).asString().length(), out);
    assertEquals(0, run("batch", "--continue", jobs.toString()), err);
    assertEquals(
        List.of("skipped", "skipped"),
        results().stream().map(result -> result.path("status").asString()).toList());
  }
}
