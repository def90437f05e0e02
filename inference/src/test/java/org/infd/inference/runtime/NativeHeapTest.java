package org.infd.inference.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

@SuppressWarnings("restricted") // allocates as native code does
class NativeHeapTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long PIECE = 64 << 10;
  private static final int PIECES = 2000;

  private static long residentKilobytes() throws IOException {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("RssAnon"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void pagesBetweenPiecesInUseAreGivenBack() throws Throwable {
    assumeTrue(Files.isReadable(STATUS) && NativeHeap.trim());
    var linker = Linker.nativeLinker();
    var lookup = linker.defaultLookup();
    var malloc =
        linker.downcallHandle(
            lookup.find("malloc").orElseThrow(), FunctionDescriptor.of(ADDRESS, JAVA_LONG));
    var free =
        linker.downcallHandle(
            lookup.find("free").orElseThrow(), FunctionDescriptor.ofVoid(ADDRESS));
    var freed = new ArrayList<MemorySegment>();
    var kept = new ArrayList<MemorySegment>();
    for (int i = 0; i < PIECES; i++) {
      var piece = ((MemorySegment) malloc.invokeExact(PIECE)).reinterpret(PIECE);
      piece.fill((byte) 1);
      freed.add(piece);
      kept.add((MemorySegment) malloc.invokeExact(64L));
    }
    for (var piece : freed) {
      free.invokeExact(piece);
    }
    long before = residentKilobytes();
    NativeHeap.trim();
    long after = residentKilobytes();
    for (var piece : kept) {
      free.invokeExact(piece);
    }
    long all = PIECE * PIECES >> 10;
    assertTrue(before - after > all / 2, before + " and then " + after);
  }
}
