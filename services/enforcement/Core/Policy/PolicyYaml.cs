using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Moderation.Enforcement;

/// <summary>Reads YAML strictly: bounded size and depth, no aliases, every key known, every error with its place.</summary>
internal sealed class PolicyYaml
{
    private const int MaxCharacters = 1_000_000;
    private const int MaxDepth = 12;
    private const int MaxEvents = 100_000;

    private int _lastLine;
    private int _lastColumn;

    public List<PolicyError> Errors { get; } = [];

    /// <summary>The document's root; null, with errors, when it can't be read.</summary>
    public YamlMappingNode? Load(string yaml)
    {
        if (yaml.Length > MaxCharacters)
        {
            Errors.Add(new PolicyError(0, 0, "document", $"it has {yaml.Length} characters; at most {MaxCharacters}"));
            return null;
        }
        try
        {
            if (!Precheck(yaml))
                return null;
            var stream = new YamlStream();
            using var reader = new StringReader(yaml);
            stream.Load(reader);
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root)
                return root;
            Errors.Add(new PolicyError(1, 1, "document", "it must be one YAML document with a mapping at the top"));
        }
        catch (YamlException e)
        {
            Errors.Add(new PolicyError((int)e.Start.Line, (int)e.Start.Column, "document", "not YAML: " + e.Message.ReplaceLineEndings(" ")));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner lets some of its own errors through for mangled input, without a place; the last part it could read is near.
            Errors.Add(new PolicyError(_lastLine, _lastColumn, "document", "not YAML behind this place"));
        }
        return null;
    }

    /// <summary>Walks the events before a tree is built: a tree of any depth would be built by recursion, and aliases can multiply.</summary>
    private bool Precheck(string yaml)
    {
        using var reader = new StringReader(yaml);
        var parser = new Parser(reader);
        var depth = 0;
        for (var events = 0; parser.MoveNext(); events++)
        {
            var mark = parser.Current!.Start; // MoveNext answered true
            (_lastLine, _lastColumn) = ((int)mark.Line, (int)mark.Column);
            depth += parser.Current.NestingIncrease;
            var problem = parser.Current is AnchorAlias ? "aliases are not supported"
                : depth > MaxDepth ? $"nested deeper than {MaxDepth} levels"
                : events > MaxEvents ? "it has too many parts"
                : null;
            if (problem is null)
                continue;
            Errors.Add(new PolicyError((int)mark.Line, (int)mark.Column, "document", problem));
            return false;
        }
        return true;
    }

    public void Error(YamlNode node, string path, string message) =>
        Errors.Add(new PolicyError((int)node.Start.Line, (int)node.Start.Column, path, message));

    /// <summary>The mapping's values by key, if the node is a mapping; unknown keys are errors that name the nearest known one.</summary>
    public Dictionary<string, YamlNode> Map(YamlNode node, string path, params string[] known)
    {
        var map = OpenMap(node, path, out var keys);
        foreach (var (name, key) in keys.Where(k => !known.Contains(k.Key)))
        {
            var nearest = Cel.NearestName.Find(name, known);
            Error(key, path, $"unknown key '{Shown(name)}'; expected one of {string.Join(", ", known)}" + (nearest is null ? "" : $"; did you mean '{nearest}'?"));
        }
        return map;
    }

    /// <summary>A mapping with free keys.</summary>
    public Dictionary<string, YamlNode> OpenMap(YamlNode node, string path, out Dictionary<string, YamlNode> keys)
    {
        var map = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        keys = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        if (node is not YamlMappingNode mapping)
        {
            Error(node, path, "expected a mapping (key: value)");
            return map;
        }
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name } && map.TryAdd(name, value))
                keys.Add(name, key);
            else
                Error(key, path, "expected a key that is plain text and named once");
        }
        return map;
    }

    public IReadOnlyList<YamlNode> List(YamlNode node, string path)
    {
        if (node is YamlSequenceNode sequence)
            return [.. sequence.Children];
        Error(node, path, "expected a list");
        return [];
    }

    /// <summary>A text of 1 to <paramref name="maxLength"/> characters; null, with an error, when it is missing or wrong.</summary>
    public string? Text(YamlNode owner, Dictionary<string, YamlNode> map, string key, string path, int maxLength)
    {
        if (!map.TryGetValue(key, out var node))
        {
            Error(owner, path, $"'{key}' is missing");
            return null;
        }
        if (node is YamlScalarNode { Value: { Length: > 0 } text } && text.Length <= maxLength && text.Trim().Length > 0)
            return text;
        Error(node, $"{path}.{key}", $"expected a text of 1 to {maxLength} characters");
        return null;
    }

    public double? Number(YamlNode node, string path, double min, double max)
    {
        if (node is YamlScalarNode { Value: { } text }
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }
        Error(node, path, string.Create(CultureInfo.InvariantCulture, $"expected a number from {min} to {max}"));
        return null;
    }

    /// <summary>A text from a document, cut so that a message stays readable.</summary>
    public static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
