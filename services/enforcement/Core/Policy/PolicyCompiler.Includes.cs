using System.Globalization;
using Moderation.Enforcement.Cel;
using YamlDotNet.RepresentationModel;

namespace Moderation.Enforcement;

public static partial class PolicyCompiler
{
    private sealed partial class Compilation
    {
        private const int MaxIncludes = 32;
        private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
        private readonly HashSet<string> _included = new(StringComparer.Ordinal);
        private readonly Dictionary<string, PolicyThreshold> _thresholds = new(StringComparer.Ordinal);

        /// <summary>Included documents come first, in their order, as if they were written before this one. They include nothing themselves.</summary>
        private void Includes(YamlNode node)
        {
            var items = yaml.List(node, "includes");
            if (items.Count > MaxIncludes)
            {
                yaml.Error(node, "includes", $"it has {items.Count} entries; at most {MaxIncludes}");
                return;
            }
            for (var i = 0; i < items.Count; i++)
            {
                var name = (items[i] as YamlScalarNode)?.Value ?? "";
                if (!IncludePattern().IsMatch(name))
                    yaml.Error(items[i], $"includes[{i}]", "expected the name of a file beside this one, such as fraud.yaml, without a folder");
                else if (!_included.Add(name))
                    yaml.Error(items[i], $"includes[{i}]", $"'{name}' is included twice");
                else if (sources.Include(name) is { } text)
                    Include(name, text);
                else
                    yaml.Error(items[i], $"includes[{i}]", $"there is no document '{name}' beside this one");
            }
        }

        private void Include(string name, string text)
        {
            var outer = yaml;
            yaml = new PolicyYaml();
            if (yaml.Load(text) is { } root)
                Sections(root, yaml.Map(root, "document", "thresholds", "constants", "clauses", "rules"), isWhole: false);
            outer.Errors.AddRange(yaml.Errors.Select(e => e with { Path = $"{name}: {e.Path}" }));
            yaml = outer;
        }

        private void Thresholds(YamlNode node)
        {
            foreach (var (name, given) in yaml.OpenMap(node, "thresholds", out _))
            {
                var path = $"thresholds.{PolicyYaml.Shown(name)}";
                var fields = yaml.Map(given, path, "value", "min", "max");
                if (!ConstantPattern().IsMatch(name))
                    yaml.Error(given, path, "expected a name of a-z, 0-9 and _ that begins with a letter");
                else if (!_constants.Add(name))
                    yaml.Error(given, path, $"'{name}' is taken by an earlier constant or threshold");
                else if (Required(given, fields, "min", path) is { } least && Required(given, fields, "max", path) is { } most
                    && Required(given, fields, "value", path) is { } value)
                    Threshold(given, path, new PolicyThreshold(name, value, least, most));
            }
        }

        private double? Required(YamlNode owner, Dictionary<string, YamlNode> fields, string key, string path)
        {
            if (fields.TryGetValue(key, out var node))
                return yaml.Number(node, $"{path}.{key}", -1e12, 1e12);
            yaml.Error(owner, path, $"'{key}' is missing; expected {{ value: 0.8, min: 0.7, max: 0.95 }}");
            return null;
        }

        private void Threshold(YamlNode node, string path, PolicyThreshold threshold)
        {
            if (threshold.Least > threshold.Most)
                yaml.Error(node, path, "min is above max");
            else if (!threshold.Allows(threshold.Value))
                yaml.Error(node, path, Within(threshold, threshold.Value));
            if (sources.Thresholds.TryGetValue(threshold.Name, out var set))
            {
                if (!threshold.Allows(set))
                    yaml.Error(node, path, Within(threshold, set));
                threshold = threshold with { Value = set };
            }
            _thresholds[threshold.Name] = threshold;
            _environment.Constant("t." + threshold.Name, CelValue.Of(threshold.Value));
        }

        private static string Within(PolicyThreshold threshold, double value) => string.Create(
            CultureInfo.InvariantCulture, $"{value} is outside of its bounds; expected {threshold.Least} to {threshold.Most}");
    }
}
