package org.infd.inference;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;

/**
 * Says in words why a file could not be read or used. What libraries throw names classes, methods
 * and settings, which help nobody who has a file in hand: this is the one place that turns it into
 * sentences.
 */
public final class FileReason {
  private static final int LONGEST = 200;

  /** What only a programmer understands: a class with its package, a call, a constant. */
  private static final Pattern TECHNICAL =
      Pattern.compile(
          "Cannot invoke|Exception|\\bError\\b|`|\\b[a-z]+(\\.[a-z]\\w*)+\\.[A-Z]|\\w\\(\\)|\\w\\$\\w"
              + "|[A-Z]+_[A-Z]+|[a-z][A-Z]\\w*(\\.|#)[a-z]|\\bnull\\b|out of bounds");

  private FileReason() {}

  /** The problem of a file that the system would not give. */
  public static Problem unreadable(Path file, Exception failure) {
    return new Problem(file + " could not be read: " + of(failure) + ".", failure);
  }

  /**
   * Why something failed: a clause that follows a colon, without a full stop, on one line.
   *
   * @param failure what was thrown
   */
  public static String of(Throwable failure) {
    var problem = cause(failure, Problem.class);
    if (problem != null) {
      return withoutStop(problem.getMessage());
    }
    return switch (failure) {
      case JacksonException e -> ofJson(e);
      case NoSuchFileException _ -> "it is not there";
      case AccessDeniedException _ -> "permission is missing";
      case FileAlreadyExistsException _ -> "something else has that name";
      case DirectoryNotEmptyException _ -> "it is a folder that is not empty";
      case NotDirectoryException _ -> "what should be a folder is none";
      case FileSystemLoopException _ -> "its links go round in a circle";
      case InvalidPathException _ -> "its name cannot be written in the character set in use";
      case EOFException _ -> "it ends too early";
      case CharacterCodingException _ -> "it is no text in UTF-8";
      case ZipException e -> ofZip(String.valueOf(e.getMessage()));
      case FileSystemException e -> ofSystem(e.getReason());
      case IOException e -> ofSystem(e.getMessage());
      case OutOfMemoryError _ -> "it needs more memory than there is";
      default -> "its content is not what it should be";
    };
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> kind) {
    var at = failure;
    // a chain of causes can be long, never endless
    for (int depth = 0; at != null && depth < 20; depth++) {
      if (kind.isInstance(at)) {
        return kind.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }

  private static String ofJson(JacksonException e) {
    var place = e.getLocation();
    var where =
        place == null || place.getLineNr() < 1
            ? ""
            : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
    if (e instanceof StreamConstraintsException) {
      return "it is no valid JSON: a number, a text or a nesting is beyond all measure" + where;
    }
    if (String.valueOf(e.getOriginalMessage()).startsWith("Duplicate ")) {
      return "it is no valid JSON: something is named twice" + where;
    }
    if (e instanceof StreamReadException && !(e instanceof InputCoercionException)) {
      return "it is no valid JSON" + where;
    }
    var path = path(e);
    return path.isEmpty()
        ? "it is no valid JSON, or not of this kind" + where
        : "'" + path + "' has no value that is possible there" + where;
  }

  /** For example "layers[0].recipe.seed". */
  private static String path(JacksonException e) {
    var path = new StringBuilder();
    for (var step : e.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return inShort(path.toString());
  }

  private static String ofZip(String said) {
    var words = said.toLowerCase(Locale.ROOT);
    if (words.contains("end header") || words.contains("end of central")) {
      return "it is no archive, or its end is missing";
    }
    if (words.contains("duplicate")) {
      return "it holds two entries of one name";
    }
    if (words.contains("encrypt")) {
      return "it is encrypted";
    }
    return "its archive is damaged";
  }

  private static String ofSystem(@Nullable String said) {
    if (said == null || said.isBlank()) {
      return "the system gives no reason";
    }
    if (said.contains("Permission denied") || said.contains("Access is denied")) {
      return "permission is missing";
    }
    if (said.contains("Is a directory")) {
      return "it is a folder";
    }
    if (said.contains("No such file")) {
      return "it is not there";
    }
    if (said.contains("Too many open files")) {
      return "too many files are open";
    }
    if (said.contains("No space left") || said.contains("not enough space")) {
      return "the disk is full";
    }
    if (said.contains("quota exceeded")) {
      return "the quota of the disk is used up";
    }
    if (said.contains("File too large")) {
      return "it is larger than the disk or a limit of this account allows";
    }
    if (said.contains("Read-only file system")) {
      return "it can only be read";
    }
    if (said.contains("Input/output error") || said.contains("device")) {
      return "the disk or the connection to it failed";
    }
    var line = said.lines().findFirst().orElse("");
    return TECHNICAL.matcher(line).find()
        ? "its content is not what it should be"
        : withoutStop(inShort(line));
  }

  private static String withoutStop(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /** On one line and no longer than a person reads. */
  private static String inShort(String text) {
    var line = ShownText.line(text);
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
