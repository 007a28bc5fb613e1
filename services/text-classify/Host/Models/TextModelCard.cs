using System.Text.Json;
using Moderation.Contracts.V1;
using Moderation.TextClassify.Host.Onnx;
using Moderation.TextClassify.Host.Rpc;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Onnx;

namespace Moderation.TextClassify.Host.Models;

/// <summary>What a folder says of its model: languages, figures, data, card.</summary>
internal static class TextModelCard
{
    private const int MaxText = 100_000;

    /// <summary>Reads it; the model itself is left to the caller.</summary>
    /// <exception cref="InvalidDataException">The folder is not what it should be.</exception>
    public static async Task<GetTextModelResponse> ReadAsync(TextModelFolder folder, CancellationToken cancellationToken)
    {
        var response = new GetTextModelResponse
        {
            Card = await TextAsync(folder, "README.md", cancellationToken),
            Metrics = await TextAsync(folder, "metrics.md", cancellationToken),
        };
        if (folder.Kind == TextModelKind.Onnx)
        {
            var model = await OnnxModelFolder.ReadAsync(folder.Path, cancellationToken);
            response.Manifest = await File.ReadAllTextAsync(Path.Combine(folder.Path, OnnxManifestReader.FileName), cancellationToken);
            AddLanguages(response, model.Manifest.Languages.Keys.Order(StringComparer.Ordinal), (l, label) => model.Manifest.IsCompetent(l, label));
            return response;
        }
        await ModelFolder.ReadManifestAsync(folder.ModelId, folder.Path, cancellationToken);
        response.Manifest = await File.ReadAllTextAsync(Path.Combine(folder.Path, ModelFolder.ManifestFile), cancellationToken);
        using var manifest = JsonDocument.Parse(response.Manifest);
        AddFigures(response, manifest.RootElement);
        return response;
    }

    private static void AddFigures(GetTextModelResponse response, JsonElement manifest)
    {
        if (manifest.TryGetProperty("competence", out var competence) && competence.ValueKind == JsonValueKind.Object)
        {
            var labels = competence.EnumerateObject().ToDictionary(l => l.Name, l => Items(l.Value).Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()).ToList(), StringComparer.Ordinal);
            AddLanguages(response, labels.Keys.Order(StringComparer.Ordinal), (l, label) => labels[l].Contains(TextLabels.Name(label)));
        }
        foreach (var pair in Items(manifest, "pairs"))
        {
            if (TextLabels.IndexOf(Text(pair, "label")) is not (>= 0 and var label)) continue;
            response.Figures.Add(new TextModelFigure
            {
                Source = Text(pair, "source"),
                Category = TextScoring.Category((TextLabel)label),
                Positives = (int)Number(pair, "positives"),
                Negatives = (int)Number(pair, "negatives"),
                AveragePrecision = Number(pair, "average_precision"),
            });
        }
        foreach (var source in Items(manifest, "sources"))
            response.Sources.Add(new TextModelSource { Source = Text(source, "source"), Rows = (int)Number(source, "train"), Licence = Text(source, "licence") });
    }

    private static void AddLanguages(GetTextModelResponse response, IEnumerable<string> languages, Func<string, TextLabel, bool> isJudged)
    {
        foreach (var language in languages)
        {
            response.Languages.Add(new TextModelLanguage
            {
                Language = language,
                Categories = { Enum.GetValues<TextLabel>().Where(l => isJudged(language, l)).Select(TextScoring.Category) },
            });
        }
    }

    private static List<JsonElement> Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static List<JsonElement> Items(JsonElement owner, string name) => owner.TryGetProperty(name, out var list) ? Items(list) : [];

    private static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() ?? "" : "";

    private static double Number(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : 0;

    private static async Task<string> TextAsync(TextModelFolder folder, string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder.Path, name);
        if (!File.Exists(path)) return "";
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        return text.Length <= MaxText ? text : text[..MaxText];
    }
}
