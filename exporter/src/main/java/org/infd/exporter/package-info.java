/** From a training checkpoint to a model bundle, with a report. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter;
