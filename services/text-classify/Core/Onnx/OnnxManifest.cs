using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Onnx;

/// <summary>How a tokenizer cuts a text.</summary>
public enum TokenizerKind
{
    /// <summary>WordPiece, as BERT has it: vocab.txt.</summary>
    WordPiece,

    /// <summary>Byte pairs over bytes, as RoBERTa and GPT-2 have it: vocab.json and merges.txt.</summary>
    Bpe,

    /// <summary>SentencePiece, byte pairs or unigrams, as XLM-R, DeBERTa and T5 have it: a .model file.</summary>
    SentencePiece,
}

/// <summary>What the outputs of a model are.</summary>
public enum OnnxActivation
{
    /// <summary>Log-odds, each label for itself (multi-label).</summary>
    Sigmoid,

    /// <summary>Unnormalised log-probabilities that exclude each other (one label a text).</summary>
    Softmax,

    /// <summary>Probabilities already.</summary>
    None,
}

/// <summary>Which form of a text a model reads.</summary>
public enum OnnxText
{
    /// <summary>As it was submitted.</summary>
    Submitted,

    /// <summary>Normalised and lower case, with user names, links and addresses replaced, as our own models read it.</summary>
    Normalized,
}

/// <summary>How a text becomes token ids.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Vocabulary">File name: vocab.txt, vocab.json or the .model file.</param>
/// <param name="Merges">File name of the merges; byte pairs only.</param>
/// <param name="LowerCase">Whether WordPiece lowers the case first and strips accents, as uncased models do.</param>
/// <param name="Offset">Added to each id of SentencePiece: 1 for XLM-R, else 0.</param>
/// <param name="BeginId">Id before the text; null: looked up by its usual name, or none.</param>
/// <param name="EndId">Id after the text; null: likewise.</param>
/// <param name="PadId">Id that fills shorter rows; null: likewise, or 0.</param>
/// <param name="UnknownId">Id for what SentencePiece does not know, where it is not its own plus the offset.</param>
/// <param name="MaxTokens">Tokens of a window, both ends included.</param>
public sealed record OnnxTokenizerSettings(
    TokenizerKind Kind, string Vocabulary, string Merges, bool LowerCase, int Offset, int? BeginId, int? EndId, int? PadId, int? UnknownId, int MaxTokens);

/// <summary>One output of the model and the label that it stands for.</summary>
/// <param name="Output">Its index in the last dimension.</param>
/// <param name="Label">The label.</param>
/// <param name="Calibration">From log-odds to probability; null: the label is never scored.</param>
internal sealed record OnnxLabel(int Output, TextLabel Label, ScoreCalibration? Calibration);

/// <summary>How much a model may be asked at once.</summary>
/// <param name="MaxRows">Rows of a run.</param>
/// <param name="Queue">Rows that may wait; a text that finds no place is UNAVAILABLE.</param>
/// <param name="Deadline">How long a text may take, waiting included.</param>
/// <param name="MaxWindows">Windows of a text; one with more is UNAVAILABLE.</param>
/// <param name="Threads">Threads of a run.</param>
public sealed record OnnxLimits(int MaxRows, int Queue, TimeSpan Deadline, int MaxWindows, int Threads);

/// <summary>What labels.yaml says.</summary>
/// <param name="Version">The model's name in scores.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Output">Name of the output; empty: the only one.</param>
/// <param name="Activation">What the outputs are.</param>
/// <param name="Text">What the model reads.</param>
/// <param name="Labels">The labels.</param>
/// <param name="Languages">Language → a bit for each label that is judged in it.</param>
/// <param name="Limits">The limits.</param>
internal sealed record OnnxManifest(
    string Version,
    OnnxTokenizerSettings Tokenizer,
    string Output,
    OnnxActivation Activation,
    OnnxText Text,
    IReadOnlyList<OnnxLabel> Labels,
    IReadOnlyDictionary<string, byte> Languages,
    OnnxLimits Limits)
{
    /// <summary>Whether a label is judged in a language: it must be named there and be calibrated. "und", for a short Latin text, counts as English.</summary>
    public bool IsCompetent(string language, TextLabel label) =>
        (Languages.GetValueOrDefault(language == "und" ? "en" : language) >> (int)label & 1) != 0 && Labels.Any(l => l.Label == label && l.Calibration is not null);

    /// <summary>The log-odds of a label from a row of outputs.</summary>
    public float LogOdds(ReadOnlySpan<float> outputs, int index)
    {
        switch (Activation)
        {
            case OnnxActivation.Sigmoid:
                return outputs[index];
            case OnnxActivation.None:
                var p = Math.Clamp(outputs[index], 1e-7f, 1 - 1e-7f);
                return MathF.Log(p / (1 - p));
            default:
                // Against all others together: log p/(1-p) of the softmax.
                var highest = float.NegativeInfinity;
                for (var i = 0; i < outputs.Length; i++)
                    if (i != index) highest = Math.Max(highest, outputs[i]);
                var others = 0f;
                for (var i = 0; i < outputs.Length; i++)
                    if (i != index) others += MathF.Exp(outputs[i] - highest);
                return outputs[index] - highest - MathF.Log(others);
        }
    }
}
