@NullMarked
package org.infd.exporter.ldm;

import org.jspecify.annotations.NullMarked;
