using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Moderation.TextClassify.Onnx;

/// <summary>A mapping of labels.yaml, read strictly: each error names the field and its line, and all are told at once.</summary>
internal sealed class LabelsYaml
{
    private const int MaxCharacters = 200_000;
    private const int MaxDepth = 8;

    private readonly YamlMappingNode _node;
    private readonly string _path;
    private readonly List<string> _errors;

    private LabelsYaml(YamlMappingNode node, string path, List<string> errors) => (_node, _path, _errors) = (node, path, errors);

    /// <summary>The keys in the order of the file.</summary>
    public IEnumerable<string> Keys => _node.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value ?? "");

    /// <summary>The document's root; null, with an error, when it can't be read.</summary>
    public static LabelsYaml? Load(string yaml, List<string> errors)
    {
        if (yaml.Length > MaxCharacters)
        {
            errors.Add($"it has {yaml.Length} characters; at most {MaxCharacters}");
            return null;
        }
        try
        {
            if (Precheck(yaml) is { } problem)
            {
                errors.Add(problem);
                return null;
            }
            var stream = new YamlStream();
            using var reader = new StringReader(yaml);
            stream.Load(reader);
            if (stream.Documents is [{ RootNode: YamlMappingNode root }]) return new LabelsYaml(root, "", errors);
            errors.Add("it must be one YAML document with a mapping at the top");
        }
        catch (YamlException e)
        {
            errors.Add($"line {e.Start.Line}: not YAML: {e.Message.ReplaceLineEndings(" ")}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner lets some of its own errors through for mangled input.
            errors.Add("not YAML");
        }
        return null;
    }

    public void Error(string field, string message) => _errors.Add($"line {Line(field)}: {_path}{field} {message}");

    public void AllowOnly(params string[] known)
    {
        foreach (var key in Keys.Where(k => !known.Contains(k))) Error(key, $"is not known; expected one of {string.Join(", ", known)}");
    }

    public bool Has(string key) => _node.Children.ContainsKey(new YamlScalarNode(key));

    /// <summary>The mapping below a key; null when it is not there, or, with an error, when it is none.</summary>
    public LabelsYaml? Map(string key)
    {
        if (Find(key) is not { } node) return null;
        if (node is YamlMappingNode mapping) return new LabelsYaml(mapping, $"{_path}{key}.", _errors);
        Error(key, "must be a mapping (key: value)");
        return null;
    }

    public IReadOnlyList<LabelsYaml> Maps(string key)
    {
        if (Find(key) is YamlSequenceNode { Children.Count: > 0 } list && list.All(n => n is YamlMappingNode))
            return [.. list.Children.Select((n, i) => new LabelsYaml((YamlMappingNode)n, $"{_path}{key}[{i}].", _errors))];
        Error(key, "must be a list of mappings with at least one");
        return [];
    }

    public IReadOnlyList<string> Texts(string key)
    {
        if (Find(key) is YamlSequenceNode list && list.All(n => n is YamlScalarNode { Value.Length: > 0 })) return [.. list.Children.Select(n => ((YamlScalarNode)n).Value ?? "")];
        Error(key, "must be a list of words");
        return [];
    }

    public float[]? Numbers(string key)
    {
        var numbers = new List<float>();
        foreach (var node in Find(key) is YamlSequenceNode list ? list.Children : [])
        {
            if (node is not YamlScalarNode { Value: { } text } || !float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !float.IsFinite(number))
            {
                Error(key, "must be a list of numbers");
                return null;
            }
            numbers.Add(number);
        }
        if (numbers.Count > 0) return [.. numbers];
        Error(key, "must be a list of numbers");
        return null;
    }

    public string Text(string key, string? otherwise, int maxLength = 200)
    {
        if (Find(key) is not { } node)
        {
            if (otherwise is null) Error(key, "is missing");
            return otherwise ?? "";
        }
        if (node is YamlScalarNode { Value: { Length: > 0 } text } && text.Length <= maxLength) return text;
        Error(key, $"must be a text of 1..{maxLength} characters");
        return otherwise ?? "";
    }

    public int? Whole(string key, int least, int most)
    {
        if (Find(key) is not { } node) return null;
        if (node is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Error(key, $"must be a whole number from {least} to {most}");
        return null;
    }

    public float? Number(string key)
    {
        if (Find(key) is not { } node) return null;
        if (node is YamlScalarNode { Value: { } text } && float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)) return number;
        Error(key, "must be a number");
        return null;
    }

    public bool Flag(string key, bool otherwise)
    {
        if (Find(key) is not { } node) return otherwise;
        if (node is YamlScalarNode { Value: "true" or "false" } flag) return flag.Value == "true";
        Error(key, "must be true or false");
        return otherwise;
    }

    public T Choice<T>(string key, T? otherwise) where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToArray();
        if (Find(key) is not { } node)
        {
            if (otherwise is null) Error(key, $"is missing; expected one of {string.Join(", ", names)}");
            return otherwise ?? default;
        }
        var index = Array.IndexOf(names, (node as YamlScalarNode)?.Value ?? "");
        if (index >= 0) return Enum.GetValues<T>()[index];
        Error(key, $"must be one of {string.Join(", ", names)}");
        return otherwise ?? default;
    }

    // A tree of any depth would be built by recursion, and aliases can multiply.
    private static string? Precheck(string yaml)
    {
        using var reader = new StringReader(yaml);
        var parser = new Parser(reader);
        var depth = 0;
        while (parser.MoveNext())
        {
            if (parser.Current is not { } part) break;
            depth += part.NestingIncrease;
            if (part is AnchorAlias) return $"line {part.Start.Line}: aliases are not supported";
            if (depth > MaxDepth) return $"line {part.Start.Line}: nested deeper than {MaxDepth} levels";
        }
        return null;
    }

    private YamlNode? Find(string key) => _node.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private long Line(string key) => (Find(key) ?? _node).Start.Line;
}
