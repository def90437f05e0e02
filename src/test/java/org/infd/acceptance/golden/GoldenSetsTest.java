package org.infd.acceptance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.infd.acceptance.golden.GoldenLedger.State;
import org.infd.acceptance.golden.GoldenSets.GoldenSet;
import org.infd.inference.text.TokenizerCases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything against arrays that the original code made of the same weights: the sets of the test
 * resources and those in the folders that {@code -Dinfd.golden} names. It ends with a list of what
 * became of every array, which is written to {@code target/golden.txt} too.
 */
class GoldenSetsTest {
  @TempDir static Path temporary;

  private static final List<String> REPORTS = new ArrayList<>();
  private static final List<String> SUMMARY = new ArrayList<>();

  @TestFactory
  List<DynamicTest> ownSets() {
    return tests(List.of(GoldenSets.own()), true);
  }

  @TestFactory
  List<DynamicTest> givenSets() {
    return tests(GoldenSets.given(), false);
  }

  private static List<DynamicTest> tests(List<Path> roots, boolean whole) {
    var tests = new ArrayList<DynamicTest>();
    for (var root : roots) {
      int before = tests.size();
      for (var set : GoldenSets.below(root)) {
        tests.add(dynamicTest(set.name(), () -> check(set, whole)));
      }
      for (var folder : GoldenSets.folders(root)) {
        if (Files.exists(folder.resolve("tokenizer-cases.json"))) {
          var name = folder.getFileName() + "/tokenizer-cases.json";
          tests.add(dynamicTest(name, () -> tokenizer(name, folder)));
        }
      }
      assertFalse(tests.size() == before, root + " holds no golden set");
    }
    return tests;
  }

  /**
   * Checks a set.
   *
   * @param whole whether every array of it has to be of a known kind and checked
   */
  private static void check(GoldenSet set, boolean whole) throws IOException {
    var outcome = GoldenRun.of(set, Files.createTempDirectory(temporary, "set"));
    for (var ledger : outcome.ledgers()) {
      System.out.println(ledger.report());
      REPORTS.add(ledger.report());
      SUMMARY.add(ledger.summary());
    }
    outcome.faults().forEach(fault -> SUMMARY.add("FAULT: " + fault));
    assertEquals(List.of(), outcome.faults());
    for (var ledger : whole ? outcome.ledgers() : List.<GoldenLedger>of()) {
      assertEquals(List.of(), ledger.of(State.NOT_CHECKED), ledger.name());
      assertEquals(List.of(), ledger.of(State.UNKNOWN), ledger.name());
    }
  }

  private static void tokenizer(String name, Path folder) throws IOException {
    var result = TokenizerCases.check(folder);
    SUMMARY.add(name + ": " + result.summary());
    REPORTS.add(name + "\n " + result.summary() + "\n");
    assertEquals(List.of(), result.wrong());
  }

  @AfterAll
  static void list() throws IOException {
    var text = new StringBuilder();
    REPORTS.forEach(report -> text.append(report).append('\n'));
    text.append("All sets\n");
    SUMMARY.forEach(line -> text.append(' ').append(line).append('\n'));
    var root = System.getProperty("infd.root");
    var target = Path.of(root == null ? "" : root).resolve("target");
    Files.createDirectories(target);
    Files.writeString(target.resolve("golden.txt"), text);
    SUMMARY.forEach(System.out::println);
    System.out.println("The whole list is in " + target.resolve("golden.txt"));
  }
}
