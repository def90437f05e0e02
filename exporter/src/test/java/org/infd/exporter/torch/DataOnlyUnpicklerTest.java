package org.infd.exporter.torch;

import static org.infd.exporter.torch.Refusals.assertPickleRefused;
import static org.infd.exporter.torch.Refusals.readPickle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DataOnlyUnpicklerTest {
  /** The same value, written by the reference implementation in protocols 0 to 5. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "286470300a56610a70310a286c70320a49310a6146322e350a614e614930310a614930300a61492d330a61493730"
            + "3030300a614c313039393531313632373737364c0a614c2d3131383035393136323037313734313133303334"
            + "32344c0a6156e95c75323061630a70330a612849310a7470340a612849310a49320a7470350a612849310a49"
            + "320a49330a7470360a612849310a49320a49330a49340a7470370a612874617356640a70380a286470390a73"
            + "566e0a7031300a28647031310a566b0a7031320a286c7031330a286c7031340a61737356730a7031350a6731"
            + "0a732e",
        "7d71002858010000006171015d7102284b014740040000000000004e4930310a4930300a4afdffffff4a70110100"
            + "4c313039393531313632373737364c0a4c2d313138303539313632303731373431313330333432344c0a5805"
            + "000000c3a9e282ac7103284b01747104284b014b02747105284b014b024b03747106284b014b024b034b0474"
            + "7107296558010000006471087d710958010000006e710a7d710b58010000006b710c5d710d5d710e61735801"
            + "00000073710f6801752e",
        "80027d71002858010000006171015d7102284b014740040000000000004e88894afdffffff4a701101008a060000"
            + "000000018a090000000000000000c05805000000c3a9e282ac71034b018571044b014b028671054b014b024b"
            + "03877106284b014b024b034b04747107296558010000006471087d710958010000006e710a7d710b58010000"
            + "006b710c5d710d5d710e6173580100000073710f6801752e",
        "8004957a000000000000007d94288c0161945d94284b014740040000000000004e88894afdffffff4a701101008a"
            + "060000000000018a090000000000000000c08c05c3a9e282ac944b0185944b014b0286944b014b024b038794"
            + "284b014b024b034b04749429658c0164947d948c016e947d948c016b945d945d9461738c0173946801752e",
        "8005957a000000000000007d94288c0161945d94284b014740040000000000004e88894afdffffff4a701101008a"
            + "060000000000018a090000000000000000c08c05c3a9e282ac944b0185944b014b0286944b014b024b038794"
            + "284b014b024b034b04749429658c0164947d948c016e947d948c016b945d945d9461738c0173946801752e"
      })
  void readsEveryProtocol(String hexadecimal) {
    var value = readPickle(HexFormat.of().parseHex(hexadecimal)).value();
    var origin = new SourceLocation(Path.of("x"), "data.pkl");
    assertTrue(value instanceof Dict);
    var plain = PlainValues.strict(origin, "x", (Dict) value);
    var list =
        Arrays.asList(
            1L,
            2.5,
            null,
            true,
            false,
            -3L,
            70_000L,
            1L << 40,
            BigInteger.TWO.pow(70).negate(),
            "é€",
            List.of(1L),
            List.of(1L, 2L),
            List.of(1L, 2L, 3L),
            List.of(1L, 2L, 3L, 4L),
            List.of());
    assertEquals(
        Map.of("a", list, "d", Map.of(), "n", Map.of("k", List.of(List.of())), "s", "a"), plain);
  }

  @Test
  void unknownClassesBecomePlaceholdersAndCyclesAreTolerated() {
    var pickle =
        PickleBytes.protocol2()
            .raw("}q\0")
            .text("child")
            .global("omegaconf.nodes", "AnyNode")
            .raw(")\u0081q\1}")
            .text("_parent")
            .raw("h\0sbs.")
            .bytes();
    var result = readPickle(pickle);
    assertEquals(Set.of("omegaconf.nodes AnyNode"), result.placeholders());
    assertTrue(result.value() instanceof Dict);
    var child = ((Dict) result.value()).get("child");
    assertTrue(child instanceof Placeholder);
    assertTrue(((Placeholder) child).state() instanceof Dict);
  }

  @Test
  void refusesForbiddenCallsByName() {
    assertPickleRefused(
        latin1("\u0080\2cos\nsystem\nX\5\0\0\0touch\u0085R."), "'os system'", "byte");
    assertPickleRefused(
        latin1("\u0080\4\u008c\2os\u008c\6system\u0093\u008c\2ls\u0085R."), "'os system'");
    assertPickleRefused(latin1("(X\2\0\0\0lsios\nsystem\n."), "'os system'");
    assertPickleRefused(latin1("(cos\nsystem\nX\2\0\0\0lso."), "'os system'");
    assertPickleRefused(latin1("\u0080\2cos\nsystem\nq\0000h\0X\2\0\0\0ls\u0085R."), "'os system'");
    assertPickleRefused(
        latin1("\u0080\4\u008c\10builtins\u008c\4eval\u0093\u0094\u008c\3foo0h\0\u008c\1x\u0085R."),
        "'builtins eval'");
    assertPickleRefused(latin1("\u0080\2c__builtin__\nexec\n)R."), "'__builtin__ exec'");
    assertPickleRefused(latin1("\u0080\2csubprocess\nPopen\n)R."), "'subprocess Popen'");
    assertPickleRefused(
        latin1("\u0080\2ctorch._utils\n_rebuild_tensor_v2.__globals__\n)R."), "__globals__");
    assertPickleRefused(latin1("\u0080\2ctorch\nFloatStorage\n)R."), "'torch FloatStorage'");
    assertPickleRefused(latin1("\u0080\2c__torch__.M\nX\n)R."), "'__torch__.M X'");
  }

  @Test
  void refusesCallsOnData() {
    for (var callee : List.of("X\2\0\0\0ls", "]", "}", "N", "K\1", ")", "cx\ny\n)\u0081")) {
      assertPickleRefused(latin1("\u0080\2" + callee + ")R."), "not a function");
    }
    assertPickleRefused(latin1("\u0080\2ccollections\nOrderedDict\n]R."), "no tuple");
    assertPickleRefused(latin1("\u0080\2ccollections\nOrderedDict\n]N\u0086R."), "arguments");
    assertPickleRefused(latin1("\u0080\2ccollections\nOrderedDict\nK\1\u0085R."), "arguments");
    assertPickleRefused(latin1("\u0080\2]}b."), "state");
    assertPickleRefused(latin1("\u0080\2X\1\0\0\0x)\u0081."), "no class");
  }

  @Test
  void refusesExtensionsBuffersAndTextStorages() {
    assertPickleRefused(latin1("\u0080\2\u0082\1."), "extension");
    assertPickleRefused(latin1("\u0080\2\u0083\1\0."), "extension");
    assertPickleRefused(latin1("\u0080\2\u0084\1\0\0\0."), "extension");
    assertPickleRefused(latin1("\u0080\5\u0097."), "buffer");
    assertPickleRefused(latin1("\u0080\5N\u0098."), "buffer");
    assertPickleRefused(latin1("Pstorage\n."), "storage");
    assertPickleRefused(latin1("\u0080\2X\1\0\0\0xQ."), "storage");
  }

  @Test
  void refusesLengthsThatLie() {
    assertPickleRefused(latin1("X\u00ff\u00ff\u00ff\u00ffabc."), "4294967295 bytes");
    assertPickleRefused(latin1("X\5\0\0\0abc."), "5 bytes");
    assertPickleRefused(
        latin1("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffx."), "18446744073709551615");
    assertPickleRefused(latin1("\u008d\0\0\0\0\0\0\0\u0080x."), "length");
    assertPickleRefused(latin1("\u008e\0\0\0\0\1\0\0\0x."), "length");
    assertPickleRefused(latin1("T\u00ff\u00ff\u00ff\u00ffabc."), "length");
    assertPickleRefused(latin1("B\u00ff\u00ff\u00ff\u007fabc."), "length");
    assertPickleRefused(latin1("C\u00ffabc."), "length");
    assertPickleRefused(latin1("\u008b\u00ff\u00ff\u00ff\u007f."), "integer");
    assertPickleRefused(latin1("\u008b\u00ff\u00ff\u00ff\u00ff."), "integer");
    assertPickleRefused(latin1("\u008a\u00ff\1."), "length");
    assertPickleRefused(latin1("\u0080\4\u0095\u00ff\0\0\0\0\0\0\0N."), "frame");
    assertPickleRefused(
        latin1("\u0080\4\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffN."), "frame");
    assertPickleRefused(latin1("cos"), "no end");
    assertPickleRefused(latin1("I" + "9".repeat(5000) + "\n."), "no end");
    assertPickleRefused(latin1("L" + "9".repeat(4000) + "L\n."), "no integer");
    assertPickleRefused(latin1("F1e\n."), "no number");
    assertPickleRefused(latin1("F1.2.3\n."), "no number");
    assertPickleRefused(latin1("X\1\0\0\0\u00ff."), "UTF-8");
    assertPickleRefused(latin1("V\\U00ffffff\n."), "character");
  }

  @Test
  void refusesCountsThatLie() {
    assertPickleRefused(latin1("K\1\u0086."), "missing");
    assertPickleRefused(latin1("\u0087."), "missing");
    assertPickleRefused(latin1("(K\1K\2t)t."), "mark");
    assertPickleRefused(latin1("}(K\1u."), "no value");
    assertPickleRefused(latin1("K\1(\u0085t."), "missing");
    assertPickleRefused(latin1("e."), "mark");
    assertPickleRefused(latin1("K\1(e."), "no list");
    assertPickleRefused(latin1(")(K\1e."), "no list");
    assertPickleRefused(latin1("](K\1K\2u."), "no dictionary");
    assertPickleRefused(latin1("."), "missing");
    assertPickleRefused(latin1("0."), "missing");
    assertPickleRefused(latin1("2."), "missing");
    assertPickleRefused(latin1("K\1(."), "missing");
    assertPickleRefused(latin1("K\1K\2."), "left over");
    assertPickleRefused(latin1("\u0080\6N."), "protocol 6");
    assertPickleRefused(latin1("\u00f0."), "0xf0");
    assertPickleRefused(repeated("", "}", 4_000_000), "values");
    assertPickleRefused(repeated("K\1", "2", 4_000_000), "values");
    assertPickleRefused(new byte[DataOnlyUnpickler.LARGEST + 1], "larger");
  }

  @Test
  void refusesMemoIndicesThatLie() {
    assertPickleRefused(latin1("h\0."), "memo");
    assertPickleRefused(latin1("Nq\5h\6."), "memo");
    assertPickleRefused(
        latin1("Nr\u00ff\u00ff\u00ff\u00ffj\u00ff\u00ff\u00ff\u00ff."), "4294967295");
    assertPickleRefused(latin1("j\u00ff\u00ff\u00ff\u007f."), "memo");
    assertPickleRefused(latin1("Np-1\n."), "memo");
    assertPickleRefused(latin1("Np99999999999999999999\n."), "memo");
    assertPickleRefused(latin1("g7\n."), "memo");
    assertPickleRefused(latin1("q\0."), "missing");
    assertPickleRefused(latin1("(\u0094."), "missing");
  }

  @Test
  void refusesDeepNestingWithoutOverflow() {
    int deep = 1_000_000;
    assertPickleRefused(repeated("]", "]", deep, "a"), "deeper");
    assertPickleRefused(repeated(")", "\u0085", deep), "deeper");
    assertPickleRefused(repeated("", "(", deep), "deeper");
    assertPickleRefused(repeated("", "(", deep, "t"), "deeper");
    assertPickleRefused(repeated("}", "N}", deep, "s"), "deeper");
    assertPickleRefused(repeated("cx\ny\n)\u0081", "cx\ny\n)\u0081", deep / 10, "b"), "deeper");
    assertPickleRefused(repeated("N", "cx\ny\n0\u0085", deep), "deeper");
  }

  @Test
  void refusesWhatDoesNotEndOnce() {
    var sound = TorchFileWriter.pickle(Map.of("a", 1));
    assertPickleRefused(Arrays.copyOf(sound, sound.length - 1), "STOP");
    assertPickleRefused(new byte[0], "STOP");
    assertPickleRefused(latin1("\u0080\2"), "STOP");
    var twice = Arrays.copyOf(sound, 2 * sound.length);
    System.arraycopy(sound, 0, twice, sound.length, sound.length);
    assertPickleRefused(twice, "follow");
    assertPickleRefused(Arrays.copyOf(sound, sound.length + 1), "1 bytes follow");
  }

  @Test
  void everyTruncationIsRefused() {
    var sound = realisticPickle();
    for (int length = 0; length < sound.length; length += 97) {
      assertPickleRefused(Arrays.copyOf(sound, length));
    }
  }

  @Test
  void everyBitFlipIsReadOrRefused() {
    var sound = realisticPickle();
    var random = new SplittableRandom(1);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      var flipped = sound.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      if (Refusals.outcome(() -> readPickle(flipped)).isPresent()) {
        refused++;
      }
    }
    // most flips hit names, which have no wrong values
    assertTrue(refused > 150, refused + " refused");
  }

  @Test
  void randomOpcodesAreReadOrRefused() {
    var random = new SplittableRandom(2);
    var opcodes =
        latin1(
            "(0.12FIJKLMNPQRSTUVXabcdeghijlopqrstu}])\u0080\u0081\u0082\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008f\u0090\u0091\u0092\u0093\u0094\u0095\0\1\2\n\n");
    for (int i = 0; i < 20_000; i++) {
      var bytes = new byte[random.nextInt(1, 60)];
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] = opcodes[random.nextInt(opcodes.length)];
      }
      Refusals.outcome(() -> readPickle(bytes));
    }
  }

  private static byte[] realisticPickle() {
    var tensors = new LinkedHashMap<String, TensorSource>();
    for (int i = 0; i < 100; i++) {
      tensors.put("encoder.0.block." + i + ".weight", TensorSource.filled(1, i, 3));
    }
    return TorchFileWriter.pickle(
        TorchFileWriter.infd(Map.of("z_shape", List.of(3, 64, 64), "vq_beta", 0.25), tensors));
  }

  private static byte[] latin1(String text) {
    return new PickleBytes().raw(text).bytes();
  }

  private static byte[] repeated(String start, String piece, int times) {
    return new PickleBytes().raw(start).repeat(piece, times).raw(".").bytes();
  }

  private static byte[] repeated(String start, String piece, int times, String closing) {
    return new PickleBytes()
        .raw(start)
        .repeat(piece, times)
        .repeat(closing, times)
        .raw(".")
        .bytes();
  }
}
