/** The command line: {@code infd generate}, {@code render}, {@code import} and the rest. */
@org.jspecify.annotations.NullMarked
package org.infd.app.cli;
