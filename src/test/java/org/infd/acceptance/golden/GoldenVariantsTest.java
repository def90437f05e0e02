package org.infd.acceptance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.acceptance.golden.GoldenArrays.Numbers;
import org.infd.acceptance.golden.GoldenLedger.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Golden sets that are written otherwise than our own are read all the same, and wrong ones fail.
 */
class GoldenVariantsTest {
  private static final List<String> SOME =
      List.of("z0", "phi", "phi_no_vq", "rgb_full96", "rgb_sub_of_full96", "grad_w", "grad_z_rgb");

  @TempDir Path folder;

  private Map<String, Numbers> some() {
    var arrays = GoldenArrays.read(List.of(GoldenSets.own().resolve("infd-tiny/golden.npz")));
    var some = new LinkedHashMap<String, Numbers>();
    SOME.forEach(name -> some.put(name, arrays.get(name)));
    return some;
  }

  private GoldenRun.Outcome run(Map<String, Numbers> arrays, String type) throws IOException {
    var set = Files.createTempDirectory(folder, "set");
    for (var entry : arrays.entrySet()) {
      write(set.resolve(entry.getKey() + ".npy"), entry.getValue(), type);
    }
    Files.copy(GoldenModel.own("infd-tiny/last-model.pth"), set.resolve("weights.pth"));
    var sets = GoldenSets.below(set);
    assertEquals(1, sets.size());
    return GoldenRun.of(sets.getFirst(), Files.createTempDirectory(folder, "run"));
  }

  private static void write(Path file, Numbers numbers, String type) throws IOException {
    int width = type.charAt(2) - '0';
    var extents = new StringBuilder();
    for (long extent : numbers.shape()) {
      extents.append(extent).append(", ");
    }
    var header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }%n".formatted(type, extents);
    var bytes =
        ByteBuffer.allocate(10 + header.length() + width * numbers.values().length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    bytes.putShort((short) header.length()).put(header.getBytes(StandardCharsets.ISO_8859_1));
    bytes.order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (double value : numbers.values()) {
      switch (width) {
        case 2 -> bytes.putShort(Float.floatToFloat16((float) value));
        case 4 -> bytes.putFloat((float) value);
        default -> bytes.putDouble(value);
      }
    }
    Files.write(file, bytes.array());
  }

  private static void requireWhole(GoldenRun.Outcome outcome) {
    assertEquals(List.of(), outcome.faults());
    var ledger = outcome.ledgers().getFirst();
    assertEquals(SOME.size() - 2, ledger.count(State.CHECKED), ledger::report);
    assertEquals(1, ledger.count(State.INPUT), ledger::report);
  }

  @Test
  void otherTypesAreRead() throws IOException {
    requireWhole(run(some(), ">f8"));
    requireWhole(run(some(), "<f2"));
  }

  @Test
  void namesMayHavePrefixes() throws IOException {
    var renamed = new LinkedHashMap<String, Numbers>();
    some().forEach((name, numbers) -> renamed.put("m2." + name, numbers));
    requireWhole(run(renamed, "<f4"));
  }

  @Test
  void arraysAreKnownByTheirValues() throws IOException {
    var arrays = some();
    arrays.put("mystery", arrays.get("phi"));
    arrays.put("nonsense", changed(arrays.get("phi"), 5));
    var ledger = run(arrays, "<f4").ledgers().getFirst();
    assertTrue(
        ledger.of(State.CHECKED).stream()
            .anyMatch(entry -> entry.array().equals("mystery") && entry.words().contains("φ")),
        ledger::report);
    assertEquals(1, ledger.count(State.UNKNOWN), ledger::report);
  }

  private static Numbers changed(Numbers numbers, double factor) {
    var values = Arrays.stream(numbers.values()).map(value -> value * factor + 1).toArray();
    return new Numbers(numbers.shape(), false, false, values);
  }

  @Test
  void wrongArraysFail() throws IOException {
    for (var name : List.of("phi", "rgb_full96", "rgb_sub_of_full96", "grad_z_rgb")) {
      var arrays = some();
      var values = arrays.get(name).values().clone();
      Arrays.setAll(values, i -> values[i] * 1.0005);
      arrays.put(name, new Numbers(arrays.get(name).shape(), false, false, values));
      var outcome = run(arrays, "<f4");
      assertEquals(1, outcome.faults().size(), outcome.faults()::toString);
      assertTrue(outcome.faults().getFirst().contains(name), outcome.faults()::toString);
    }
  }

  @Test
  void aSetOfWhichNothingIsKnownFails() throws IOException {
    var arrays = Map.of("a", new Numbers(new long[] {2, 2}, false, false, new double[4]));
    var outcome = run(arrays, "<f4");
    assertTrue(
        outcome.faults().toString().contains("nothing was checked"), outcome.faults()::toString);
  }
}
