using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Moderation.TextClassify.Onnx;

namespace Moderation.TextClassify.Host.Onnx;

/// <summary>Cuts texts into rows of token ids for a model. Stateless after loading and shared between threads.</summary>
internal sealed class OnnxTokenizer
{
    /// <summary>A row ends and the next begins with this part of a window in common, so that no phrase is cut in all of them.</summary>
    private const int OverlapParts = 4;

    private readonly Func<string, IReadOnlyList<int>> _encode;
    private readonly int[] _before;
    private readonly int[] _after;
    private readonly int _window;

    private OnnxTokenizer(Func<string, IReadOnlyList<int>> encode, int? begin, int? end, int pad, int maxTokens)
    {
        _encode = encode;
        _before = begin is { } b ? [b] : [];
        _after = end is { } e ? [e] : [];
        PadId = pad;
        _window = maxTokens - _before.Length - _after.Length;
    }

    /// <summary>What fills rows that are shorter than others.</summary>
    public int PadId { get; }

    /// <summary>Loads the tokenizer of a folder.</summary>
    /// <exception cref="InvalidDataException">A file of it is not what it should be.</exception>
    public static OnnxTokenizer Load(string folder, OnnxTokenizerSettings settings)
    {
        var vocabulary = Path.Combine(folder, settings.Vocabulary);
        try
        {
            return settings.Kind switch
            {
                TokenizerKind.WordPiece => WordPiece(vocabulary, settings),
                TokenizerKind.Bpe => BytePairs(vocabulary, Path.Combine(folder, settings.Merges), settings),
                _ => SentencePiece(vocabulary, settings),
            };
        }
        catch (Exception wrong) when (IsOfContent(wrong))
        {
            throw new InvalidDataException($"{vocabulary} is no {settings.Kind} vocabulary: {wrong.Message}", wrong);
        }
    }

    /// <summary>The rows of a text: one where it fits, else overlapping windows.</summary>
    public List<int[]> Rows(string text)
    {
        var ids = _encode(text);
        var rows = new List<int[]>();
        for (var start = 0; ; start += _window - _window / OverlapParts)
        {
            var count = Math.Min(_window, ids.Count - start);
            rows.Add([.. _before, .. ids.Skip(start).Take(count), .. _after]);
            if (start + count >= ids.Count) return rows;
        }
    }

    /// <summary>Whether a failure is about what the library was given: it has no exception of its own and checks little, a null it met included.</summary>
    public static bool IsOfContent(Exception failure) =>
        failure is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException or KeyNotFoundException or JsonException
            or InvalidDataException or NotSupportedException or OverflowException or Google.Protobuf.InvalidProtocolBufferException or NullReferenceException;

    private static OnnxTokenizer WordPiece(string path, OnnxTokenizerSettings settings)
    {
        var lines = File.ReadAllLines(path);
        foreach (var needed in new[] { "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]" })
            if (!lines.Contains(needed)) throw new InvalidDataException($"it has no line {needed}.");
        var tokenizer = BertTokenizer.Create(path, new BertOptions { LowerCaseBeforeTokenization = settings.LowerCase, RemoveNonSpacingMarks = settings.LowerCase });
        return new OnnxTokenizer(
            t => tokenizer.EncodeToIds(t, addSpecialTokens: false), settings.BeginId ?? Array.IndexOf(lines, "[CLS]"), settings.EndId ?? Array.IndexOf(lines, "[SEP]"),
            settings.PadId ?? Array.IndexOf(lines, "[PAD]"), settings.MaxTokens);
    }

    private static OnnxTokenizer BytePairs(string path, string mergesPath, OnnxTokenizerSettings settings)
    {
        var ids = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(path)) ?? throw new InvalidDataException("it is empty.");
        var merges = File.ReadAllLines(mergesPath).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal)).ToList();
        for (var i = 0; i < merges.Count; i++)
            if (merges[i].Split(' ').Length != 2) throw new InvalidDataException($"{mergesPath}: merge {i + 1} must be two tokens with a blank between them.");
        var tokenizer = BpeTokenizer.Create(new BpeOptions(ids)
        {
            Merges = merges,
            ByteLevel = true,
            PreTokenizer = RobertaPreTokenizer.Instance,
            UnknownToken = ids.ContainsKey("<unk>") ? "<unk>" : null,
        });
        return new OnnxTokenizer(
            t => tokenizer.EncodeToIds(t), settings.BeginId ?? Named("<s>"), settings.EndId ?? Named("</s>"), settings.PadId ?? Named("<pad>") ?? 0, settings.MaxTokens);

        int? Named(string name) => ids.TryGetValue(name, out var id) ? id : null;
    }

    private static OnnxTokenizer SentencePiece(string path, OnnxTokenizerSettings settings)
    {
        using var stream = File.OpenRead(path);
        var tokenizer = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
        var unknown = settings.UnknownId;
        var (offset, unknownPiece) = (settings.Offset, tokenizer.UnknownId);
        return new OnnxTokenizer(
            t =>
            {
                var ids = tokenizer.EncodeToIds(t, addBeginningOfSentence: false, addEndOfSentence: false);
                return offset == 0 && unknown is null ? ids : [.. ids.Select(id => id == unknownPiece && unknown is { } u ? u : id + offset)];
            },
            settings.BeginId, settings.EndId, settings.PadId ?? 0, settings.MaxTokens);
    }
}
