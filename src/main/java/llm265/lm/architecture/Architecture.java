package llm265.lm.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import llm265.checkpoint.file.ModelFormatException;
import llm265.lm.weights.ModelConfig;

/** The architectures that can be run, by the names that {@code architectures} and {@code model_type} have for them. */
public enum Architecture {
  LLAMA("LlamaForCausalLM", "llama", true, LlamaFamily::llama),
  MISTRAL("MistralForCausalLM", "mistral", true, LlamaFamily::mistral),
  QWEN2("Qwen2ForCausalLM", "qwen2", true, LlamaFamily::qwen2),
  QWEN3("Qwen3ForCausalLM", "qwen3", true, LlamaFamily::qwen3),
  PHI3("Phi3ForCausalLM", "phi3", true, LlamaFamily::phi3),
  GEMMA("GemmaForCausalLM", "gemma", true, LlamaFamily::gemma),
  GEMMA2("Gemma2ForCausalLM", "gemma2", true, LlamaFamily::gemma2),
  GPT2("GPT2LMHeadModel", "gpt2", true, GptFamily::gpt2),
  GPT_NEOX("GPTNeoXForCausalLM", "gpt_neox", true, GptFamily::gptNeoX),
  BERT_MASKED("BertForMaskedLM", null, false, BertFamily::withHead),
  BERT("BertModel", "bert", false, BertFamily::withoutHead);

  private final String className;
  private final String modelType;
  private final boolean causal;
  private final Function<ModelConfig, Blueprint> blueprint;

  Architecture(String className, String modelType, boolean causal, Function<ModelConfig, Blueprint> blueprint) {
    this.className = className;
    this.modelType = modelType;
    this.causal = causal;
    this.blueprint = blueprint;
  }

  /**
   * The architecture of a configuration: the first of {@code architectures}, or {@code model_type} if there are none.
   *
   * @throws ModelFormatException if it is not supported; the message lists those that are
   */
  public static Architecture of(ModelConfig config) {
    List<String> classes = config.texts("architectures");
    String name = classes.isEmpty() ? config.text("model_type", "") : classes.getFirst();
    for (Architecture architecture : values()) {
      if (name.equals(classes.isEmpty() ? architecture.modelType : architecture.className)) {
        return architecture;
      }
    }
    String supported = Arrays.stream(values()).map(value -> value.className).collect(Collectors.joining(", "));
    throw config.fault(
        (name.isEmpty() ? "neither architectures nor model_type is given" : "architecture " + name + " is not supported")
            + "; supported are " + supported);
  }

  /** Whether tokens see no later ones, so that the model gives the next token. */
  public boolean isCausal() {
    return causal;
  }

  /** The name of its class in Hugging Face's library, as in {@code architectures}. */
  public String className() {
    return className;
  }

  /**
   * Greatest number of tokens that a model of this architecture was made for.
   *
   * @throws ModelFormatException if the configuration is damaged
   */
  public int contextLength(ModelConfig config) {
    return blueprint(config).sizes().positions();
  }

  Blueprint blueprint(ModelConfig config) {
    return blueprint.apply(config);
  }
}
