"""The classifier of an exported model: mean-pooled encoder and one linear layer, whose logits are calibrated log-odds.

transformers' own classifiers read the first token; this model was trained on the mean of all. A copy of this file lies
in each export, where `trust_remote_code=True` loads it; nothing of areatag is needed there.
"""

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn
from transformers import CONFIG_MAPPING, MODEL_MAPPING, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

MODEL_TYPE = "bert"  # an export puts its encoder's here
HEAD = "classifier"  # and here where the heads are, "classifier" or "classifier.out_proj"


class AreatagForSequenceClassification(PreTrainedModel):
    """Tokens to the log-odds of every research area: their sigmoid is the probability, and several may apply."""

    config_class = CONFIG_MAPPING[MODEL_TYPE]
    base_model_prefix = MODEL_MAPPING[config_class].base_model_prefix
    _supports_sdpa = MODEL_MAPPING[config_class]._supports_sdpa

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        bert_like = MODEL_TYPE in {"bert", "roberta", "xlm-roberta", "mpnet"}
        without_pooler = {"add_pooling_layer": False} if bert_like else {}  # it is not used
        self.add_module(self.base_model_prefix, MODEL_MAPPING[type(config)](config, **without_pooler))
        # The bias is the last column: so the shape is none that transformers' own classifier of this type takes, which
        # would read the first token and be wrong without a word where somebody forgets trust_remote_code=True.
        heads = nn.Linear(config.hidden_size + 1, config.num_labels, bias=False)
        self.classifier = heads if HEAD == "classifier" else nn.Sequential(OrderedDict(out_proj=heads))
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        **unused: Any,
    ) -> SequenceClassifierOutput:
        """Classify a batch that is padded at the end.

        Args:
            input_ids: int64 [batch, tokens]; of longer texts as many are read as in training, and the closing token.
            attention_mask: int64 [batch, tokens], 0 where a token is padding; all are read if left out.
            labels: float [batch, areas], for a loss.
            unused: what tokenizers give beside these.
        """
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        input_ids, attention_mask = self._cut(input_ids, attention_mask)
        encoder = getattr(self, self.base_model_prefix)
        hidden = encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state  # (B, T, H)
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
        pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)  # (B, H)
        embedding = nn.functional.normalize(pooled, dim=-1) * hidden.shape[-1] ** 0.5
        logits = self.classifier(nn.functional.pad(embedding, (0, 1), value=1.0))  # (B, areas)
        loss = None if labels is None else nn.functional.binary_cross_entropy_with_logits(logits, labels.to(logits))
        return SequenceClassifierOutput(loss=loss, logits=logits)

    def _cut(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """The first tokens of longer texts and their last one, as a tokenizer that truncates would give them."""
        most = self.config.areatag["max_tokens"]
        if input_ids.shape[1] <= most:
            return input_ids, attention_mask
        lengths = attention_mask.sum(1, keepdim=True)  # (B, 1)
        closing = input_ids.gather(1, (lengths - 1).clamp(min=0))  # (B, 1)
        cut = input_ids[:, :most].clone()
        cut[:, -1:] = torch.where(lengths > most, closing, cut[:, -1:])
        return cut, attention_mask[:, :most]
