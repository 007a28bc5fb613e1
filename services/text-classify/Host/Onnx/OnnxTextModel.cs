using Microsoft.ML.OnnxRuntime;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Onnx;

namespace Moderation.TextClassify.Host.Onnx;

/// <summary>
/// A sequence classifier in the ONNX format. It judges only the languages and labels that labels.yaml names and calibrates, and abstains from the
/// rest. It names no passages with a score; what a word adds is found by leaving it out, where a person asks.
/// </summary>
internal sealed class OnnxTextModel : IServedTextModel
{
    private const int MaxExplainedWords = 64;

    private readonly OnnxManifest _manifest;
    private readonly OnnxTokenizer _tokenizer;
    private readonly OnnxSession _session;
    private readonly OnnxBatcher _batcher;

    private OnnxTextModel(string modelId, OnnxModelFolder folder, OnnxTokenizer tokenizer, OnnxSession session, TimeProvider time, ILogger logger)
    {
        (ModelId, Version, _manifest, _tokenizer, _session) = (modelId, folder.Version, folder.Manifest, tokenizer, session);
        _batcher = new OnnxBatcher(session.Run, _manifest.Limits, session.FixedRows ?? _manifest.Limits.MaxRows, time, logger);
    }

    public string ModelId { get; }

    public string Version { get; }

    /// <summary>Loads a model and lets it score one text, so that what does not work is known now.</summary>
    /// <exception cref="InvalidDataException">The folder is not what it should be: the message names the file, and the field in it.</exception>
    public static async Task<OnnxTextModel> LoadAsync(string modelId, string path, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var folder = await OnnxModelFolder.ReadAsync(path, cancellationToken);
        var tokenizer = OnnxTokenizer.Load(path, folder.Manifest.Tokenizer);
        var session = OnnxSession.Open(path, folder.Manifest, tokenizer.PadId);
        try
        {
            var outputs = session.Run(tokenizer.Rows("A first text, to see that it works."))[0];
            if (folder.Manifest.Labels.FirstOrDefault(l => l.Output >= outputs.Length) is { } beyond)
                throw new InvalidDataException($"{path}: {OnnxManifestReader.FileName}: labels name the output {beyond.Output}; the model has {outputs.Length}, from 0.");
        }
        catch (Exception failure) when (failure is InvalidDataException or OnnxRuntimeException || OnnxTokenizer.IsOfContent(failure))
        {
            session.Dispose();
            throw failure as InvalidDataException ?? new InvalidDataException($"{path}/{OnnxModelFolder.ModelFile} does not run: {failure.Message}", failure);
        }
        return new OnnxTextModel(modelId, folder, tokenizer, session, time, logger);
    }

    public bool IsCompetent(string language, TextLabel label) => _manifest.IsCompetent(language, label);

    public async ValueTask<ScoringOutcome> ScoreAsync(TextUnderReview text, string submitted, bool passages, TextFindings findings, CancellationToken cancellationToken)
    {
        var judged = _manifest.Labels.Where(l => IsCompetent(text.Language.Tag, l.Label)).ToList();
        if (judged.Count == 0 || text.Anonymous.Text.Length == 0) return ScoringOutcome.Done;
        var outputs = await AskAsync(Read(text, submitted), cancellationToken);
        if (outputs.Outcome != ScoringOutcome.Done) return outputs.Outcome;
        foreach (var label in judged)
        {
            // Competence asks for a calibration; of several windows the highest counts, so that padding dilutes nothing.
            if (label.Calibration is { } calibration) findings.Raise(label.Label, calibration.Probability(outputs.Rows.Max(r => _manifest.LogOdds(r, label.Output))));
        }
        return ScoringOutcome.Done;
    }

    public async ValueTask<IReadOnlyList<Passage>?> ExplainAsync(TextUnderReview text, string submitted, TextLabel label, CancellationToken cancellationToken)
    {
        var read = Read(text, submitted);
        if (await LogOddsAsync(read, label, cancellationToken) is not { } whole) return null;
        var words = new List<Passage>();
        foreach (var (start, end) in Words(read).Take(MaxExplainedWords))
        {
            if (await LogOddsAsync(read.Remove(start, end - start), label, cancellationToken) is not { } without) return null;
            var (first, last) = _manifest.Text == OnnxText.Normalized
                ? text.Anonymous.ToSubmitted(start, end - start)
                : (CodePoints(read.AsSpan(0, start)), CodePoints(read.AsSpan(0, end)));
            words.Add(new Passage(label, first, last, whole - without));
        }
        return words;
    }

    public async ValueTask DisposeAsync()
    {
        await _batcher.DisposeAsync();
        _session.Dispose();
    }

    private async ValueTask<float?> LogOddsAsync(string text, TextLabel label, CancellationToken cancellationToken)
    {
        var outputs = await AskAsync(text, cancellationToken);
        return outputs.Outcome == ScoringOutcome.Done
            ? _manifest.Labels.Where(l => l.Label == label).Max(l => outputs.Rows.Max(r => _manifest.LogOdds(r, l.Output)))
            : null;
    }

    private async ValueTask<RowOutputs> AskAsync(string text, CancellationToken cancellationToken)
    {
        List<int[]> rows;
        try
        {
            rows = _tokenizer.Rows(text);
        }
        catch (Exception failure) when (OnnxTokenizer.IsOfContent(failure))
        {
            // A text that the library can't cut (a lone surrogate, for one) is a text without a signal, and no reason to fail the call.
            return new RowOutputs(ScoringOutcome.Unavailable, []);
        }
        return rows.Count > _manifest.Limits.MaxWindows ? new RowOutputs(ScoringOutcome.Unavailable, []) : await _batcher.RunAsync(rows, cancellationToken);
    }

    private string Read(TextUnderReview text, string submitted) => _manifest.Text == OnnxText.Normalized ? text.Anonymous.Text : submitted;

    private static IEnumerable<(int Start, int End)> Words(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i])) continue;
            var start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i])) i++;
            yield return (start, i);
        }
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count;
    }
}
