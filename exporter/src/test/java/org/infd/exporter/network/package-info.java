/** Tests of the networks' settings and sizes. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter.network;
