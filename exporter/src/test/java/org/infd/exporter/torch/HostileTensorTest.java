package org.infd.exporter.torch;

import static org.infd.exporter.torch.Refusals.assertFileRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTensorTest {
  @TempDir Path folder = Path.of("");

  @Test
  void honoursOffsetsAndStrides() throws IOException {
    // the storage is 1, 2, 3, 4
    assertValues(tensor(0, shape(2, 2), shape(1, 2)), 1, 3, 2, 4);
    assertValues(tensor(1, shape(3), shape(1)), 2, 3, 4);
    assertValues(tensor(0, shape(2), shape(2)), 1, 3);
    assertValues(tensor(3, shape(), shape()), 4);
    assertValues(tensor(1, shape(1, 3), shape(99, 1)), 2, 3, 4);
    assertValues(tensor(0, shape(2, 2), shape(0, 1)), 1, 2, 1, 2);
    assertValues(tensor(4, shape(0), shape(1)));
    assertValues(tensor(0, shape(0, 5), shape(7, 1)));
  }

  @Test
  void copiesPartsOfStridedTensors() throws IOException {
    Files.write(
        folder.resolve("m.pth"), TestZip.checkpoint(tensor(0, shape(2, 2), shape(1, 2))).bytes());
    try (var checkpoint = Checkpoint.open(folder.resolve("m.pth"))) {
      var tensor = checkpoint.stateDict().values().iterator().next();
      assertFalse(tensor.isContiguous());
      var target = new float[3];
      tensor.copyTo(1, target, 0, 3);
      assertArrayEquals(new float[] {3, 2, 4}, target);
      assertThrows(IndexOutOfBoundsException.class, () -> tensor.copyTo(2, target, 0, 3));
      assertThrows(IllegalStateException.class, tensor::segment);
    }
  }

  @Test
  void refusesImpossibleShapes() throws IOException {
    refused(tensor(0, shape(-2, 2), shape(2, 1)), "'w'", "negative");
    refused(tensor(0, shape(1L << 62, 4), shape(1, 1)), "'w'", "impossible size");
    refused(tensor(0, shape(Long.MAX_VALUE), shape(1)), "'w'", "past its storage");
    refused(tensor(0, shape(1L << 32, 1L << 32), shape(0, 0)), "'w'", "impossible size");
    refused(tensor(0, shape(1L << 40), shape(0)), "'w'", "past its storage");
    refused(tensor(0, shape(5), shape(1)), "'w'", "past its storage of 4");
    refused(tensor(0, shape(2, 2), shape(2)), "'w'", "strides");
    refused(tensor(0, new long[40], new long[40]), "'w'", "40 axes");
    refused(tensor(0, shape(Long.MIN_VALUE), shape(1)), "'w'", "negative");
  }

  @Test
  void refusesStridesAndOffsetsPastTheStorage() throws IOException {
    refused(tensor(0, shape(2, 2), shape(3, 1)), "'w'", "past its storage");
    refused(tensor(0, shape(2, 2), shape(-2, 1)), "'w'", "negative");
    refused(tensor(0, shape(2, 1), shape(Long.MAX_VALUE, 1)), "'w'", "past its storage");
    refused(tensor(0, shape(3, 2), shape(Long.MAX_VALUE, 1)), "'w'", "impossible size");
    refused(tensor(1, shape(4), shape(1)), "'w'", "past its storage");
    refused(tensor(-1, shape(2), shape(1)), "'w'", "negative element");
    refused(tensor(Long.MAX_VALUE, shape(2), shape(1)), "'w'", "impossible size");
    refused(tensor(Long.MAX_VALUE, shape(0), shape(1)), "'w'", "past its storage");
  }

  @Test
  void refusesStoragesOfAnotherTypeOrSize() throws IOException {
    refused(stored("DoubleStorage", "0", 4), "'w'", "F64", "16 bytes");
    refused(stored("HalfStorage", "0", 4), "'w'", "F16", "16 bytes");
    refused(stored("FloatStorage", "0", 5), "'w'", "5 elements");
    refused(stored("FloatStorage", "0", -4), "'w'", "-4 elements");
    refused(stored("FloatStorage", "0", (1L << 62) + 4), "'w'", "elements");
    refused(stored("ComplexFloatStorage", "0", 4), "'w'", "complex numbers");
    refused(stored("QInt8Storage", "0", 4), "'w'", "'torch QInt8Storage'");
    var twoTypes =
        PickleBytes.checkpointUpToTensor()
            .tensor("FloatStorage", "0", 4, 0, shape(4), shape(1))
            .text("v")
            .tensor("LongStorage", "0", 2, 0, shape(2), shape(1))
            .endOfTensor();
    refused(twoTypes, "'v'", "another type, F32");
  }

  @Test
  void refusesMissingStorages() throws IOException {
    refused(stored("FloatStorage", "1", 4), "'w'", "'data/1' is missing");
    refused(stored("FloatStorage", "../version", 4), "'w'", "missing");
    refused(stored("FloatStorage", "", 4), "'w'", "missing");
    assertFileRefused(
        folder, TestZip.checkpoint().without("m/data/0").bytes(), "'w'", "'data/0' is missing");
  }

  @Test
  void refusesWhatIsNoTensor() throws IOException {
    var start = PickleBytes.checkpointUpToTensor();
    refused(start.raw("K\7").endOfTensor(), "'w'", "'7'");
    refused(PickleBytes.checkpointUpToTensor().raw("]").endOfTensor(), "'w'", "a list");
    refused(PickleBytes.checkpointUpToTensor().raw("N").endOfTensor(), "'w'", "nothing");
    refused(
        PickleBytes.checkpointUpToTensor().global("x", "Y").raw(")\u0081").endOfTensor(),
        "'w'",
        "unknown class 'x Y'");
    refused(
        PickleBytes.checkpointUpToTensor()
            .global("torch._utils", "_rebuild_tensor_v2")
            .raw("(K\1K\2tR")
            .endOfTensor(),
        "'w'",
        "not described");
    refused(
        PickleBytes.checkpointUpToTensor()
            .global("torch._utils", "_rebuild_parameter")
            .raw("K\1\u0089]\u0087R")
            .endOfTensor(),
        "parameter");
    refused(
        PickleBytes.checkpointUpToTensor().raw("}").text("x").raw("ssK\5K\6").endOfTensor(),
        "data.pkl");
  }

  @Test
  void parametersAreTensors() throws IOException {
    var pickle =
        PickleBytes.checkpointUpToTensor()
            .global("torch._utils", "_rebuild_parameter")
            .raw("(")
            .tensor("FloatStorage", "0", 4, 2, shape(2), shape(1))
            .raw("\u0088")
            .emptyOrderedDict()
            .raw("tR")
            .endOfTensor();
    assertValues(pickle, 3, 4);
  }

  @Test
  void argumentsMustBePlain() throws IOException {
    refused(args("}(K\1K\2u"), "'model.args'", "'1'");
    refused(args("]"), "'model.args'");
    refused(args("}X\1\0\0\0acx\ny\n)\u0081s"), "'model.args.a'", "'x y'");
    refused(args("}X\1\0\0\0acos\nsystem\ns"), "'model.args.a'", "'os system'");
    refused(args("}q\0X\1\0\0\0ah\0s"), "'model.args'", "nested deeper");
    // lists that hold the next one ten times over: 10^9 values from a hundred bytes
    var laughs = new StringBuilder("}X\1\0\0\0a]q\0");
    for (char i = 1; i < 10; i++) {
      char before = (char) (i - 1);
      laughs.append("0](" + ("h" + before).repeat(10) + "eq" + i);
    }
    refused(args(laughs + "s"), "'model.args'", "more than");
  }

  private static byte[] args(String latin1) {
    return PickleBytes.checkpointUpToArgs()
        .raw(latin1)
        .text("sd")
        .emptyOrderedDict()
        .raw("uu.")
        .bytes();
  }

  private static byte[] tensor(long offset, long[] shape, long[] strides) {
    return PickleBytes.checkpointUpToTensor()
        .tensor("FloatStorage", "0", 4, offset, shape, strides)
        .endOfTensor();
  }

  private static byte[] stored(String storageClass, String key, long count) {
    return PickleBytes.checkpointUpToTensor()
        .tensor(storageClass, key, count, 0, shape(2), shape(1))
        .endOfTensor();
  }

  private void refused(byte[] pickle, String... fragments) throws IOException {
    assertFileRefused(folder, TestZip.checkpoint(pickle).bytes(), fragments);
  }

  private void assertValues(byte[] pickle, float... expected) throws IOException {
    var file = folder.resolve("m.pth");
    Files.write(file, TestZip.checkpoint(pickle).bytes());
    try (var checkpoint = Checkpoint.open(file)) {
      assertArrayEquals(expected, checkpoint.stateDict().values().iterator().next().toFloats());
    }
  }

  private static long[] shape(long... extents) {
    return extents;
  }
}
