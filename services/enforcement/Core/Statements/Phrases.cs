using System.Collections.Frozen;
using System.Globalization;
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
        .. MeasureCatalogue.All.SelectMany(m => new[] { "measure." + TaxonomyNames.Of(m.Kind), "restored." + TaxonomyNames.Of(m.Kind) }),
        .. MeasureCatalogue.All.SelectMany(m => m.Features).Select(f => "feature." + f),
        "measure.feature", "measure.SUSPEND_ACCOUNT.open", "measure.ends", "restored.by_withdrawal", "restored.by_review", "restored.strike",
        "subject.text", "subject.passages", "subject.media", "subject.media_numbers", "subject.claim", "subject.account", "subject.post",
        "facts.found_by_machine", "facts.found_by_person", "facts.found_by_report", "facts.found_by_flagger", "facts.found_by_order",
        "decided.by_machine", "decided.by_person", "decided.by_second_person", "ladder.level", "ladder.expires", "help",
        "redress", "redress.after_appeal", "notice.title", "notice.title_account", "notice.rule",
        "appeal.title", "appeal.second_person", "appeal.upheld", "appeal.overturned", "appeal.in_part", "appeal.stands",
    ];

    /// <summary>All languages.</summary>
    public static FrozenDictionary<string, Phrases> Languages { get; } = Load();

    public string Language { get; }

    /// <summary>The sentence with its places filled in.</summary>
    public string Say(string key, params ReadOnlySpan<string> values)
    {
        var text = _texts[key];
        for (var i = 0; i < values.Length; i++)
            text = text.Replace("{" + i.ToString(CultureInfo.InvariantCulture) + "}", values[i], StringComparison.Ordinal);
        return text;
    }

    /// <summary>The name of a harm.</summary>
    public string Category(HarmCategory category) => Say("category." + TaxonomyNames.Of(category));

    /// <summary>What a measure does, for a statement of one line.</summary>
    public string Measure(MeasureKind kind, DateTimeOffset? end, string feature)
    {
        if (feature.Length > 0)
            return Say("measure.feature", Say("feature." + feature));
        return Say(kind == MeasureKind.SuspendAccount && end is null ? "measure.SUSPEND_ACCOUNT.open" : "measure." + TaxonomyNames.Of(kind));
    }

    /// <summary>A day, in UTC.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A minute, in UTC.</summary>
    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

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
