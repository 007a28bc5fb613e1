using System.Collections.Frozen;
using System.Reflection;
using YamlDotNet.RepresentationModel;

namespace Moderation.Enforcement;

/// <summary>The fixed sentences of notices and statements, by language. They come from phrases.yaml beside this file.</summary>
internal sealed class Phrases
{
    private readonly FrozenDictionary<string, string> _texts;

    private Phrases(string language, Dictionary<string, string> texts)
    {
        Language = language;
        _texts = texts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The keys that every language must have.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        .. TaxonomyNames.Categories.Select(c => "category." + TaxonomyNames.Of(c)),
        .. TaxonomyNames.Measures.Where(MeasureMatrix.IsRestrictive).Select(m => "measure." + TaxonomyNames.Of(m)),
        "subject.text", "subject.passages", "subject.media", "subject.media_numbers", "subject.claim", "subject.account", "subject.post",
        "facts.found_by_machine", "facts.found_by_person", "decided.by_machine", "decided.by_person", "help", "redress", "notice.title", "notice.rule",
    ];

    /// <summary>All languages.</summary>
    public static FrozenDictionary<string, Phrases> Languages { get; } = Load();

    public string Language { get; }

    /// <summary>The sentence with its places filled in.</summary>
    public string Say(string key, params ReadOnlySpan<string> values)
    {
        var text = _texts[key];
        for (var i = 0; i < values.Length; i++)
            text = text.Replace("{" + i.ToString(System.Globalization.CultureInfo.InvariantCulture) + "}", values[i], StringComparison.Ordinal);
        return text;
    }

    public bool Has(string key) => _texts.ContainsKey(key);

    /// <summary>The phrases for a BCP 47 tag by its primary subtag; English when there are none.</summary>
    public static Phrases For(string? tag)
    {
        var subtag = (tag ?? "").Split('-', '_')[0].ToLowerInvariant();
        return Languages.GetValueOrDefault(subtag) ?? Languages["en"];
    }

    private static FrozenDictionary<string, Phrases> Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("phrases.yaml")
            ?? throw new InvalidOperationException("phrases.yaml is not embedded");
        using var reader = new StreamReader(stream);
        var yaml = new PolicyYaml();
        var root = yaml.Load(reader.ReadToEnd()) ?? throw new InvalidOperationException("phrases.yaml: " + string.Join("; ", yaml.Errors));
        var languages = new Dictionary<string, Phrases>(StringComparer.Ordinal);
        foreach (var (language, texts) in yaml.OpenMap(root, "phrases", out _))
        {
            var map = yaml.OpenMap(texts, language, out _);
            languages[language] = new Phrases(language, map.ToDictionary(e => e.Key, e => ((YamlScalarNode)e.Value).Value ?? ""));
        }
        return languages.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
