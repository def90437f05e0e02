package org.infd.inference.generation;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Network;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Networks that are loaded one after the other where they do not fit the memory together: who is
 * needed is loaded when it is run, and before that those that have rested longest are let go, until
 * it fits. Where all fit, each is loaded once and stays. Thread-safe.
 */
final class NetworkTurns implements AutoCloseable {
  private final long most;
  private final Set<Turn> turns = new LinkedHashSet<>();
  private long clock;
  private boolean closed;

  /**
   * Turns within a bound.
   *
   * @param most what networks may take together, in bytes; one alone may take more
   */
  NetworkTurns(long most) {
    this.most = most;
  }

  /**
   * A network that takes turns with the others.
   *
   * @param bytes what it takes when it is loaded
   * @param loader loads it, again after it was let go
   */
  Network network(long bytes, Supplier<Network> loader) {
    var turn = new Turn(bytes, loader);
    synchronized (this) {
      turns.add(turn);
    }
    return turn;
  }

  private synchronized Network begin(Turn turn) {
    if (closed) {
      throw new CancellationException("the model was closed");
    }
    var loaded = turn.loaded;
    if (loaded == null) {
      makeRoom(turn.bytes);
      loaded = turn.loader.get();
      turn.loaded = loaded;
    }
    turn.users++;
    return loaded;
  }

  private synchronized void end(Turn turn) {
    turn.users--;
    turn.last = clock++;
    if (closed && turn.users == 0) {
      turn.letGo();
    }
  }

  private void makeRoom(long wanted) {
    long taken = turns.stream().filter(turn -> turn.loaded != null).mapToLong(t -> t.bytes).sum();
    var resting =
        turns.stream()
            .filter(turn -> turn.loaded != null && turn.users == 0)
            .sorted(Comparator.comparingLong(turn -> turn.last))
            .toList();
    for (var turn : resting) {
      if (taken + wanted <= most) {
        return;
      }
      turn.letGo();
      taken -= turn.bytes;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    turns.stream().filter(turn -> turn.users == 0).forEach(Turn::letGo);
  }

  private final class Turn implements Network {
    private final long bytes;
    private final Supplier<Network> loader;
    private @Nullable Network loaded;
    private int users;
    private long last;

    Turn(long bytes, Supplier<Network> loader) {
      this.bytes = bytes;
      this.loader = loader;
    }

    private void letGo() {
      var network = loaded;
      loaded = null;
      if (network != null) {
        network.close();
      }
    }

    private <T> T with(Function<Network, T> work) {
      var network = begin(this);
      try {
        return work.apply(network);
      } finally {
        end(this);
      }
    }

    @Override
    public List<String> outputNames() {
      return with(Network::outputNames);
    }

    @Override
    public Map<String, AnyTensor> run(
        Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
      return with(network -> network.run(values, wanted, cancellation));
    }

    @Override
    public void runInto(
        Map<String, ? extends AnyTensor> values,
        Map<String, Tensor> outputs,
        Cancellation cancellation) {
      with(
          network -> {
            network.runInto(values, outputs, cancellation);
            return outputs;
          });
    }

    @Override
    public void trim() {
      synchronized (NetworkTurns.this) {
        if (loaded != null) {
          loaded.trim();
        }
      }
    }

    @Override
    public void close() {
      synchronized (NetworkTurns.this) {
        if (users == 0) {
          letGo();
        }
      }
    }
  }
}
