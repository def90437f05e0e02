package org.infd.app.engine;

import java.nio.file.Path;
import org.infd.inference.export.ExportSettings;

/**
 * A picture file, or a folder of tiles, that is to be written.
 *
 * @param area the pixels that it holds
 * @param settings how they become bytes
 * @param target the file or folder
 */
public record ExportTask(ExportArea area, ExportSettings settings, Path target) {}
