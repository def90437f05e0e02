/** Tests of the import as a whole, and tools that make models to import. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter;
