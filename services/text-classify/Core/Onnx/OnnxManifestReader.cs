using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Onnx;

/// <summary>Reads labels.yaml. ONNX.md beside the service says what may stand there.</summary>
internal static class OnnxManifestReader
{
    /// <summary>The file's name.</summary>
    public const string FileName = "labels.yaml";

    // Beyond these log-odds a probability rounds to 0 or 1 anyway.
    private const float FarScore = 20;

    /// <summary>Reads the text of the file.</summary>
    /// <exception cref="InvalidDataException">Something is wrong in it: the message names each field with its line.</exception>
    public static OnnxManifest Read(string yaml)
    {
        var errors = new List<string>();
        var manifest = LabelsYaml.Load(yaml, errors) is { } root ? Read(root) : null;
        return errors.Count == 0 && manifest is not null ? manifest : throw new InvalidDataException($"{FileName}: {string.Join("; ", errors)}");
    }

    private static OnnxManifest Read(LabelsYaml root)
    {
        root.AllowOnly("version", "tokenizer", "output", "activation", "text", "labels", "languages", "limits");
        var version = root.Text("version", null, 60);
        if (version.Length > 0 && !version.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')) root.Error("version", "must be of A-Z a-z 0-9 . _ -");
        if (!root.Has("tokenizer")) root.Error("tokenizer", "is missing");
        var labels = root.Maps("labels").Select(Label).ToList();
        return new OnnxManifest(
            version,
            Tokenizer(root.Map("tokenizer")),
            root.Text("output", ""),
            root.Choice<OnnxActivation>("activation", null),
            root.Choice<OnnxText>("text", OnnxText.Submitted),
            labels,
            Languages(root, root.Map("languages"), labels),
            Limits(root.Map("limits")));
    }

    private static OnnxTokenizerSettings Tokenizer(LabelsYaml? map)
    {
        if (map is null) return new OnnxTokenizerSettings(default, "", "", false, 0, null, null, null, null, 2);
        map.AllowOnly("kind", "vocabulary", "merges", "lower_case", "offset", "begin_id", "end_id", "pad_id", "unknown_id", "max_tokens");
        var kind = map.Choice<TokenizerKind>("kind", null);
        var settings = new OnnxTokenizerSettings(
            kind,
            File(map, "vocabulary", kind switch { TokenizerKind.WordPiece => "vocab.txt", TokenizerKind.Bpe => "vocab.json", _ => "sentencepiece.model" }),
            File(map, "merges", "merges.txt"),
            map.Flag("lower_case", true),
            map.Whole("offset", 0, 1000) ?? 0,
            map.Whole("begin_id", 0, int.MaxValue), map.Whole("end_id", 0, int.MaxValue), map.Whole("pad_id", 0, int.MaxValue), map.Whole("unknown_id", 0, int.MaxValue),
            map.Whole("max_tokens", 8, 4096) ?? 256);
        if (kind != TokenizerKind.WordPiece && map.Has("lower_case")) map.Error("lower_case", "is for wordpiece only");
        if (kind != TokenizerKind.Bpe && map.Has("merges")) map.Error("merges", "is for bpe only");
        if (kind != TokenizerKind.SentencePiece && map.Has("offset")) map.Error("offset", "is for sentencepiece only");
        if (kind != TokenizerKind.SentencePiece && map.Has("unknown_id")) map.Error("unknown_id", "is for sentencepiece only");
        return settings;
    }

    // A name in the folder, never a way out of it.
    private static string File(LabelsYaml map, string key, string otherwise)
    {
        var name = map.Text(key, otherwise);
        if (name != Path.GetFileName(name) || name is "." or "..") map.Error(key, "must be the name of a file in the folder");
        return name;
    }

    private static OnnxLabel Label(LabelsYaml map)
    {
        map.AllowOnly("output", "label", "calibration");
        if (!map.Has("output")) map.Error("output", "is missing");
        var name = map.Text("label", null);
        var label = TextLabels.IndexOf(name);
        if (label < 0 && name.Length > 0) map.Error("label", $"must be one of {string.Join(", ", Enum.GetValues<TextLabel>().Select(TextLabels.Name))}");
        return new OnnxLabel(map.Whole("output", 0, 9999) ?? 0, (TextLabel)Math.Max(0, label), Calibration(map.Map("calibration")));
    }

    private static ScoreCalibration? Calibration(LabelsYaml? map)
    {
        if (map is null) return null;
        map.AllowOnly("slope", "intercept", "scores", "log_odds");
        if (map.Has("slope") || map.Has("intercept"))
        {
            if (map.Has("scores") || map.Has("log_odds")) map.Error("scores", "can't stand beside slope and intercept");
            var (slope, intercept) = (map.Number("slope") ?? 1, map.Number("intercept") ?? 0);
            if (slope is > 0 and <= 100 && Math.Abs(intercept) <= 100) return new ScoreCalibration([-FarScore, FarScore], [intercept - slope * FarScore, intercept + slope * FarScore]);
            map.Error("slope", "must be above 0 and at most 100, and intercept -100..100");
            return null;
        }
        if (map.Numbers("scores") is not { } scores || map.Numbers("log_odds") is not { } odds) return null;
        try
        {
            return new ScoreCalibration(scores, odds);
        }
        catch (ArgumentException wrong)
        {
            map.Error("scores", $"and log_odds must be 2..64 numbers each that increase: {wrong.Message}");
            return null;
        }
    }

    private static Dictionary<string, byte> Languages(LabelsYaml root, LabelsYaml? map, List<OnnxLabel> labels)
    {
        var languages = new Dictionary<string, byte>(StringComparer.Ordinal);
        if (!root.Has("languages")) root.Error("languages", "is missing: name the languages that the model judges, each with its labels, or {} for none");
        foreach (var language in map?.Keys ?? [])
        {
            if (language.Length is < 2 or > 8 || !language.All(c => char.IsAsciiLetterLower(c) || c == '-')) map?.Error(language, "must be a BCP 47 primary subtag such as en");
            byte bits = 0;
            foreach (var name in map?.Texts(language) ?? [])
            {
                var label = TextLabels.IndexOf(name);
                if (label < 0 || labels.All(l => (int)l.Label != label)) map?.Error(language, $"names {name}, which labels does not have");
                else bits |= (byte)(1 << label);
            }
            languages[language] = bits;
        }
        return languages;
    }

    private static OnnxLimits Limits(LabelsYaml? map)
    {
        map?.AllowOnly("max_rows", "queue", "deadline_ms", "max_windows", "threads");
        var limits = new OnnxLimits(
            map?.Whole("max_rows", 1, 256) ?? 16,
            map?.Whole("queue", 1, 100_000) ?? 256,
            TimeSpan.FromMilliseconds(map?.Whole("deadline_ms", 1, 60_000) ?? 500),
            map?.Whole("max_windows", 1, 10_000) ?? 128,
            map?.Whole("threads", 1, 64) ?? 1);
        if (limits.Queue < limits.MaxWindows) map?.Error("queue", $"must hold the windows of one text, so be at least max_windows ({limits.MaxWindows})");
        return limits;
    }
}
