package org.infd.acceptance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.infd.exporter.torch.SafetensorsFileWriter;
import org.infd.exporter.torch.TensorSource;

/** Small LoRA files for the smallest Stable Diffusion model. */
final class LoraFiles {
  private LoraFiles() {}

  /** One under the names of kohya's trainer, for two layers of the network and one of the tower. */
  static Path write(Path file) throws IOException {
    var tensors = new LinkedHashMap<String, TensorSource>();
    var attention = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    tensors.put(attention + ".lora_down.weight", TensorSource.random(1, 0.1f, 4, 32));
    tensors.put(attention + ".lora_up.weight", TensorSource.random(2, 0.1f, 32, 4));
    tensors.put(attention + ".alpha", TensorSource.filled(2));
    var projection = "lora_unet_down_blocks_0_attentions_0_proj_in";
    tensors.put(projection + ".lora_down.weight", TensorSource.random(3, 0.1f, 2, 32, 1, 1));
    tensors.put(projection + ".lora_up.weight", TensorSource.random(4, 0.1f, 32, 2, 1, 1));
    var text = "lora_te_text_model_encoder_layers_1_self_attn_k_proj";
    tensors.put(text + ".lora_down.weight", TensorSource.random(5, 0.1f, 2, 64));
    tensors.put(text + ".lora_up.weight", TensorSource.random(6, 0.1f, 64, 2));
    SafetensorsFileWriter.write(file, tensors);
    return file;
  }
}
