"""The network that is trained: encoder, area head and field head, with a noise-aware loss on soft labels."""

import numpy as np
import torch
from torch import Tensor, nn

from model.heads import Heads
from model.runtimes.torch_encoder import PooledEncoder
from training.fine_tuning.imitation import imitation_loss


class AreaClassifier(nn.Module):
    """Linear heads over a pooled encoder, and over lexical features where the model has them.

    The loss is the expected binary cross-entropy under the soft labels (Ratner et al., Data Programming, 2016),
    summed over the covered outputs of a paper and averaged over papers by weight.
    """

    def __init__(self, encoder: PooledEncoder, areas: int, fields: int, lexical: int = 0) -> None:
        super().__init__()
        self.encoder = encoder
        self.area_head = nn.Linear(encoder.hidden_size + lexical, areas)
        self.field_head = nn.Linear(encoder.hidden_size + lexical, fields)

    def heads(self) -> Heads:
        """The heads as numpy arrays."""
        layers = (self.area_head, self.field_head)
        tensors = (tensor for layer in layers for tensor in (layer.weight, layer.bias))
        return Heads(*(tensor.detach().cpu().numpy().astype(np.float32) for tensor in tensors))

    def set_heads(self, heads: Heads) -> None:
        """Put other weights into the heads."""
        with torch.no_grad():
            for layer, weight, bias in (
                (self.area_head, heads.area_weight, heads.area_bias),
                (self.field_head, heads.field_weight, heads.field_bias),
            ):
                layer.weight.copy_(torch.from_numpy(weight))
                layer.bias.copy_(torch.from_numpy(bias))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        labels: Tensor | None = None,
        weights: Tensor | None = None,
        lexical: Tensor | None = None,
        embedding: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Logits and, with labels, the loss.

        Args:
            input_ids: int64 [batch, tokens].
            attention_mask: int64 [batch, tokens], 0 where a token is padding.
            labels: float [batch, areas + fields], probabilities; NaN where nothing is known (no loss there).
            weights: float [batch], importance of each paper.
            lexical: float [batch, lexical], of `model.lexical`; None where the heads read the embedding alone.
            embedding: float [batch, hidden], a teacher's: what is to be learned, instead of the labels.

        Returns:
            "logits" [batch, areas + fields] and, with labels, "loss" (a scalar); with an embedding the loss alone.
        """
        own = self.encoder(input_ids, attention_mask)  # (B, H)
        if embedding is not None:
            heads = torch.cat([self.area_head.weight, self.field_head.weight]).detach()  # (A + F, H)
            return {"loss": imitation_loss(own, embedding, heads)}
        features = own if lexical is None else torch.cat([own, lexical], dim=-1)  # (B, H + L)
        logits = torch.cat([self.area_head(features), self.field_head(features)], dim=-1)  # (B, A + F)
        if labels is None:
            return {"logits": logits}
        return {"loss": soft_label_loss(logits.float(), labels, weights), "logits": logits}


def soft_label_loss(logits: Tensor, labels: Tensor, weights: Tensor | None) -> Tensor:
    """Weighted mean over papers of the summed binary cross-entropy over their covered outputs.

    Args:
        logits: float [batch, outputs].
        labels: float [batch, outputs], probabilities; NaN is not covered.
        weights: float [batch], or None for equal weights.
    """
    covered = ~labels.isnan()
    loss = nn.functional.binary_cross_entropy_with_logits(logits, labels.nan_to_num(0.0), reduction="none")
    per_paper = (loss * covered).sum(-1)  # (B,)
    if weights is None:
        return per_paper.mean()
    return (per_paper * weights).sum() / weights.sum().clamp(min=1e-8)
