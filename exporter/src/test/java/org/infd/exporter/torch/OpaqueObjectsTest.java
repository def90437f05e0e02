package org.infd.exporter.torch;

import static org.infd.exporter.torch.Refusals.assertPickleRefused;
import static org.infd.exporter.torch.Refusals.readPickle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies beside the weights in checkpoints of others: read past, never made. */
class OpaqueObjectsTest {
  @TempDir Path folder = Path.of("");

  /** Name and pickle of objects, as several versions of Python, numpy and torch wrote them. */
  private static List<String[]> objects() throws IOException {
    try (var in = OpaqueObjectsTest.class.getResourceAsStream("harmless-objects.txt")) {
      assertNotNull(in);
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(line -> line.split(" ", -1))
          .toList();
    }
  }

  @Test
  void everyHarmlessObjectIsReadPast() throws IOException {
    var refused = new ArrayList<String>();
    for (var object : objects()) {
      var pickle = HexFormat.of().parseHex(object[1]);
      Refusals.outcome(() -> readPickle(pickle))
          .ifPresent(sentence -> refused.add(object[0] + ": " + sentence));
    }
    assertEquals(List.of(), refused);
  }

  @Test
  void halvesOfSurrogatePairsAreRead() {
    // os.fsdecode(b"run-\\xff") in protocol 2: U+DCFF as Python writes it
    readPickle(latin1("\u0080\2X\7\0\0\0run-\u00ed\u00b3\u00bf."));
    assertPickleRefused(latin1("\u0080\2X\5\0\0\0run-\u00ff."), "not UTF-8");
    assertPickleRefused(latin1("\u0080\2X\4\0\0\0\u00ed\u00b3\u00bf\u00ff."), "not UTF-8");
  }

  @Test
  void weightsBesideThemAreRead() throws IOException {
    var object = objects().stream().filter(o -> o[0].contains("randomstate")).findFirst();
    var inner = HexFormat.of().parseHex(object.orElseThrow()[1]);
    // without its own PROTO and STOP
    var value = new byte[inner.length - 3];
    System.arraycopy(inner, 2, value, 0, value.length);
    var pickle =
        PickleBytes.protocol2()
            .raw("}(")
            .text("random")
            .raw(value)
            .text("model")
            .raw("}(")
            .text("name")
            .text("infd")
            .text("args")
            .raw("}")
            .text("sd")
            .emptyOrderedDict()
            .raw("(")
            .text("w")
            .tensor("FloatStorage", "0", 4, 0, new long[] {4}, new long[] {1})
            .raw("uuu.")
            .bytes();
    var file = folder.resolve("m.pth");
    Files.write(file, TestZip.checkpoint(pickle).bytes());
    try (var checkpoint = Checkpoint.open(file)) {
      assertEquals(List.of("w"), List.copyOf(checkpoint.stateDict().keySet()));
      assertTrue(checkpoint.placeholders().toString().contains("numpy"));
    }
  }

  @Test
  void objectsOfOwnClassesMayBeAnything() {
    for (var sound :
        List.of(
            "ctraining.options\nStage\nX\1\0\0\0a\u0085R.",
            "ctraining.options\nStage\nK\1\u0085R.",
            "ceasydict\nEasyDict\n)RX\1\0\0\0aK\1s}X\1\0\0\0aK\1sb.",
            "cdiffusers.configuration_utils\nFrozenDict\n)RX\1\0\0\0aK\1s.",
            "ccopy_reg\n_reconstructor\n(ctraining\nOptions\nc__builtin__\nobject\nNtR}b.",
            "c__builtin__\ngetattr\n(ctraining\nStage\nX\5\0\0\0FIRSTtR.",
            "cbuiltins\ngetattr\n(chttp\nHTTPStatus\nX\2\0\0\0OKtR.",
            "cfunctools\npartial\nctorch.nn.functional\ngelu\n\u0085R(ctorch.nn.functional\ngelu\n)}Ntb.")) {
      readPickle(latin1("\u0080\2" + sound));
    }
  }

  @Test
  void whatCouldActIsRefused() {
    for (var hostile :
        List.of(
            "cos\nsystem\nX\2\0\0\0ls\u0085R.",
            "csubprocess\nPopen\nX\2\0\0\0ls\u0085R.",
            "csubprocess\nPopen\n)R.",
            "ccopyreg\n_reconstructor\n(csubprocess\nPopen\nX\2\0\0\0lsNtR.",
            "c__builtin__\ngetattr\n(cos\nSystem\nX\6\0\0\0systemtR.",
            "c__builtin__\ngetattr\n(ctraining\nStage\nX\15\0\0\0__globals__xxtR.",
            "cbuiltins\ngetattr\n(c__builtin__\neval\nX\1\0\0\0xtR.",
            "cfunctools\npartial\ncos\nsystem\n\u0085R.",
            "cfunctools\npartial\nctorch\nload\n\u0085R.",
            "cfunctools\nreduce\n(cos\nsystem\n]tR.",
            "coperator\nattrgetter\nX\6\0\0\0system\u0085R.",
            "coperator\nmethodcaller\nX\6\0\0\0system\u0085R.",
            "c_operator\ngetitem\n(cbuiltins\nglobals\nX\1\0\0\0xtR.",
            "crequests\nSession\n)R.",
            "caiohttp.client\nClientSession\n)R.",
            "ctorch.hub\nload\nX\1\0\0\0x\u0085R.",
            "ctorch.jit\nCompilationUnit\nX\1\0\0\0x\u0085R.",
            "ctorch.storage\n_load_from_bytes\nX\1\0\0\0x\u0085R.",
            "cnumpy\nload\nX\1\0\0\0x\u0085R.",
            "cpandas\nread_pickle\nX\1\0\0\0x\u0085R.",
            "cmine\nattack\nX\1\0\0\0x\u0085R.",
            "cmine\nAttack\n(X\1\0\0\0xX\1\0\0\0ytR.",
            "c__torch__\nModule\n)R.",
            "cpathlib\nPosixPath\nX\1\0\0\0x\u0085R)R.",
            "cnumpy\ndtype.__class__\n)R.",
            "ccollections\nnamedtuple\nX\1\0\0\0x\u0085R.",
            "cctypes\nCDLL\nX\1\0\0\0x\u0085R.",
            "cpip._internal\nMain\n)R.")) {
      assertPickleRefused(latin1("\u0080\2" + hostile), "refused");
    }
  }

  /** Python 2 made ordered dictionaries from a list of pairs. */
  @Test
  void orderedDictionariesMayBeMadeFromPairs() {
    var result =
        readPickle(latin1("\u0080\2ccollections\nOrderedDict\n](](X\1\0\0\0aK\2ee\u0085R."));
    assertNotNull(result.value());
  }

  private static byte[] latin1(String text) {
    return new PickleBytes().raw(text).bytes();
  }
}
