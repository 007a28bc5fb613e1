using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Moderation.Enforcement.Cel;
using YamlDotNet.RepresentationModel;

namespace Moderation.Enforcement;

/// <summary>Compiles a policy document, and holds the lines that no policy may cross.</summary>
public static partial class PolicyCompiler
{
    /// <summary>Compiles a YAML document. Never throws for what the document says: all errors come back at once.</summary>
    /// <param name="yaml">The document.</param>
    /// <param name="sources">Where its includes come from, and thresholds that are set from outside.</param>
    public static PolicyCompilation Compile(string yaml, PolicySources? sources = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var reader = new PolicyYaml();
        var compilation = new Compilation(reader, sources ?? PolicySources.None);
        var root = reader.Load(yaml);
        var policy = root is null ? null : compilation.Read(root);
        return reader.Errors.Count == 0
            ? new PolicyCompilation(policy, [])
            : new PolicyCompilation(null, [.. reader.Errors.OrderBy(e => e.Line).ThenBy(e => e.Column)]);
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_.-]{0,63}\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,63}\z")]
    private static partial Regex ConstantPattern();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}@[0-9A-Za-z._-]{1,32}\z")]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"^[a-z]{2,3}\z")]
    private static partial Regex LanguagePattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_.-]{0,58}\.yaml\z")]
    private static partial Regex IncludePattern();

    private sealed partial class Compilation(PolicyYaml yaml, PolicySources sources)
    {
        private const int MaxRules = 2_000;
        private const int MaxClauses = 200;
        private readonly CelEnvironment<PolicyVariables> _environment = PolicyVariables.Environment.Copy();
        private readonly Dictionary<string, PolicyClause> _clauses = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _constantTexts = new(StringComparer.Ordinal);
        private readonly Dictionary<string, CelRead<PolicyVariables>> _evidence = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, (ImmutableArray<CelError> Errors, CelCondition<PolicyVariables>? Condition)> _compiled = new(StringComparer.Ordinal);
        private readonly HashSet<string> _ruleIds = new(StringComparer.Ordinal);
        private readonly ImmutableArray<PolicyRule>.Builder _rules = ImmutableArray.CreateBuilder<PolicyRule>();

        public CompiledPolicy Read(YamlMappingNode root)
        {
            var map = yaml.Map(root, "document", "version", "includes", "thresholds", "constants", "clauses", "rules");
            var version = yaml.Text(root, map, "version", "document", 100);
            if (version is not null && !VersionPattern().IsMatch(version))
                yaml.Error(map["version"], "version", "expected name@number, such as default@1");
            if (map.TryGetValue("includes", out var includes))
                Includes(includes);
            Sections(root, map, isWhole: includes is null);
            foreach (var name in sources.Thresholds.Keys.Where(n => !_thresholds.ContainsKey(n)))
            {
                var nearest = NearestName.Find(name, _thresholds.Keys);
                yaml.Error(root, "thresholds", $"there is no threshold '{name}' to set" + (nearest is null ? "" : $"; did you mean '{nearest}'?"));
            }
            return new CompiledPolicy(
                version ?? "", _clauses.ToImmutableDictionary(), _rules.ToImmutable(), _thresholds.ToImmutableSortedDictionary(StringComparer.Ordinal),
                _constantTexts.ToImmutableSortedDictionary(StringComparer.Ordinal));
        }

        private void Sections(YamlNode root, Dictionary<string, YamlNode> map, bool isWhole)
        {
            if (map.TryGetValue("constants", out var constants))
                Constants(constants);
            if (map.TryGetValue("thresholds", out var thresholds))
                Thresholds(thresholds);
            var clauses = isWhole || map.ContainsKey("clauses") ? Items(root, map, "clauses", MaxClauses) : [];
            for (var i = 0; i < clauses.Count; i++)
                Clause(clauses[i], $"clauses[{i}]");
            var items = isWhole || map.ContainsKey("rules") ? Items(root, map, "rules", MaxRules - _rules.Count) : [];
            Compile(items);
            for (var i = 0; i < items.Count; i++)
            {
                if (Rule(items[i], $"rules[{i}]") is { } rule)
                    _rules.Add(rule);
            }
        }

        // Compiling the conditions is most of the work, and each stands alone. Whatever is wrong with one is told where its rule is read.
        private void Compile(IReadOnlyList<YamlNode> rules)
        {
            var sources = rules.OfType<YamlMappingNode>().Select(r => r.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: "when" }).Value)
                .OfType<YamlScalarNode>().Select(n => n.Value ?? "").Where(s => s.Length <= CelLimits.Default.MaxLength).Distinct(StringComparer.Ordinal).ToArray();
            Parallel.ForEach(sources, source => _compiled[source] = (CelCompiler.TryCompile(_environment, source, out var condition), condition));
        }

        private IReadOnlyList<YamlNode> Items(YamlNode root, Dictionary<string, YamlNode> map, string key, int max)
        {
            if (!map.TryGetValue(key, out var node))
            {
                yaml.Error(root, "document", $"'{key}' is missing");
                return [];
            }
            var items = yaml.List(node, key);
            if (items.Count <= max)
                return items;
            yaml.Error(node, key, $"it has {items.Count} entries; at most {max}");
            return [];
        }

        private void Constants(YamlNode node)
        {
            foreach (var (name, value) in yaml.OpenMap(node, "constants", out _))
            {
                var path = $"constants.{PolicyYaml.Shown(name)}";
                if (!ConstantPattern().IsMatch(name))
                    yaml.Error(value, path, "expected a name of a-z, 0-9 and _ that begins with a letter");
                else if (!_constants.Add(name))
                    yaml.Error(value, path, $"'{name}' is taken by an earlier constant or threshold");
                else if (yaml.Number(value, path, -1e12, 1e12) is { } number)
                    Constant(name, value, number);
            }
        }

        private void Constant(string name, YamlNode value, double number)
        {
            _constantTexts[name] = (value as YamlScalarNode)?.Value ?? "";
            _environment.Constant("t." + name, IsWhole(value) ? CelValue.Of((long)number) : CelValue.Of(number));
        }

        private static bool IsWhole(YamlNode value) => value is YamlScalarNode { Value: { } text } && !text.Contains('.', StringComparison.Ordinal);

        private void Clause(YamlNode node, string path)
        {
            var map = yaml.Map(node, path, "id", "category", "title", "text", "translations");
            var id = Id(node, map, path, _clauses.ContainsKey);
            var category = Category(node, map, path);
            var title = yaml.Text(node, map, "title", path, 200);
            var text = yaml.Text(node, map, "text", path, 4_000);
            var translations = ImmutableSortedDictionary.CreateBuilder<string, ClauseText>(StringComparer.Ordinal);
            if (map.TryGetValue("translations", out var given))
            {
                foreach (var (language, translation) in yaml.OpenMap(given, $"{path}.translations", out _))
                {
                    var at = $"{path}.translations.{PolicyYaml.Shown(language)}";
                    if (!LanguagePattern().IsMatch(language))
                        yaml.Error(translation, at, "expected a primary language subtag, such as zh");
                    var fields = yaml.Map(translation, at, "title", "text");
                    if (yaml.Text(translation, fields, "title", at, 200) is { } t && yaml.Text(translation, fields, "text", at, 4_000) is { } body)
                        translations[language] = new ClauseText(t, body.Trim());
                }
            }
            if (id is not null)
                _clauses[id] = new PolicyClause(id, category ?? HarmCategory.Unspecified, title ?? "", text?.Trim() ?? "", translations.ToImmutable());
        }

        private string? Id(YamlNode node, Dictionary<string, YamlNode> map, string path, Func<string, bool> taken)
        {
            var id = yaml.Text(node, map, "id", path, 64);
            if (id is null)
                return null;
            if (!IdPattern().IsMatch(id))
                yaml.Error(map["id"], $"{path}.id", "expected 1 to 64 characters of a-z, 0-9, _ . -");
            else if (taken(id))
                yaml.Error(map["id"], $"{path}.id", $"'{id}' is taken by an earlier entry");
            else
                return id;
            return null;
        }

        private HarmCategory? Category(YamlNode node, Dictionary<string, YamlNode> map, string path)
        {
            if (yaml.Text(node, map, "category", path, 64) is not { } name)
                return null;
            if (TaxonomyNames.TryCategory(name, out var category))
                return category;
            var nearest = NearestName.Find(name, TaxonomyNames.Categories.Select(TaxonomyNames.Of));
            yaml.Error(map["category"], $"{path}.category",
                $"'{name}' is no category of the closed taxonomy: {string.Join(", ", TaxonomyNames.Categories.Select(TaxonomyNames.Of))}"
                + (nearest is null ? "" : $"; did you mean '{nearest}'?"));
            return null;
        }

        private PolicyRule? Rule(YamlNode node, string path)
        {
            var map = yaml.Map(node, path, "id", "clause", "category", "when", "measures", "severity", "evidence");
            var id = Id(node, map, path, name => !_ruleIds.Add(name));
            var category = Category(node, map, path);
            var clause = ClauseOf(node, map, path, category);
            var severity = map.TryGetValue("severity", out var given) ? yaml.Number(given, $"{path}.severity", 1, 4) : null;
            if (given is null)
                yaml.Error(node, path, "'severity' is missing; expected 1 (low) to 4 (critical)");
            else if (severity is { } number && Math.Floor(number) != number)
                yaml.Error(given, $"{path}.severity", "expected a whole number from 1 to 4");
            var condition = Condition(node, map, path);
            var measures = Measures(node, map, path);
            if (condition is not null && category is { } harm)
                HoldLines(map["measures"], path, harm, measures, PolicyInputs.Basis(condition.Requires));
            var evidence = Evidence(map, path);
            return id is null || clause is null || condition is null || severity is null
                ? null
                : new PolicyRule(id, clause, [.. measures.OrderByDescending(MeasureMatrix.Strictness)], (int)severity, condition, Merge(condition.Reads, evidence));
        }

        private PolicyClause? ClauseOf(YamlNode node, Dictionary<string, YamlNode> map, string path, HarmCategory? category)
        {
            if (yaml.Text(node, map, "clause", path, 64) is not { } id)
                return null;
            if (!_clauses.TryGetValue(id, out var clause))
            {
                var nearest = NearestName.Find(id, _clauses.Keys);
                yaml.Error(map["clause"], $"{path}.clause", $"there is no clause '{id}'" + (nearest is null ? "" : $"; did you mean '{nearest}'?"));
                return null;
            }
            if (category is not null && clause.Category != HarmCategory.Unspecified && clause.Category != category)
                yaml.Error(map["clause"], $"{path}.clause", $"clause '{id}' is about {TaxonomyNames.Of(clause.Category)}; expected a clause of the rule's category");
            return clause;
        }

        private CelCondition<PolicyVariables>? Condition(YamlNode node, Dictionary<string, YamlNode> map, string path)
        {
            if (yaml.Text(node, map, "when", path, CelLimits.Default.MaxLength) is not { } source)
                return null;
            var (errors, condition) = _compiled[source];
            foreach (var error in errors)
                yaml.Errors.Add(new PolicyError((int)map["when"].Start.Line, (int)map["when"].Start.Column, $"{path}.when", error.ToString(), error));
            return condition;
        }

        private List<MeasureKind> Measures(YamlNode node, Dictionary<string, YamlNode> map, string path)
        {
            var measures = new List<MeasureKind>();
            if (!map.TryGetValue("measures", out var list))
            {
                yaml.Error(node, path, "'measures' is missing; expected a list such as [LABEL, REVIEW]");
                map["measures"] = node;
                return measures;
            }
            var items = yaml.List(list, $"{path}.measures");
            if (items.Count == 0)
                yaml.Error(list, $"{path}.measures", "expected at least one measure");
            foreach (var item in items)
            {
                var name = (item as YamlScalarNode)?.Value ?? "";
                if (!TaxonomyNames.TryMeasure(name, out var measure))
                {
                    var nearest = NearestName.Find(name, TaxonomyNames.Measures.Select(TaxonomyNames.Of));
                    yaml.Error(item, $"{path}.measures",
                        $"'{PolicyYaml.Shown(name)}' is no measure; expected one of {string.Join(", ", TaxonomyNames.Measures.Where(MeasureMatrix.IsAutomatic).Select(TaxonomyNames.Of))}"
                        + (nearest is null ? "" : $"; did you mean '{nearest}'?"));
                }
                else if (measures.Contains(measure))
                {
                    yaml.Error(item, $"{path}.measures", $"{name} is named twice");
                }
                else
                {
                    measures.Add(measure);
                    if (!MeasureMatrix.IsAutomatic(measure) && measure != MeasureKind.TerminateAccount)
                        yaml.Error(item, $"{path}.measures", $"{name} is no rule's measure but a person's, or follows from the published ladder; "
                            + $"expected one of {string.Join(", ", TaxonomyNames.Measures.Where(MeasureMatrix.IsAutomatic).Select(TaxonomyNames.Of))}");
                }
            }
            return measures;
        }

        private void HoldLines(YamlNode at, string path, HarmCategory category, List<MeasureKind> measures, EvidenceBasis basis)
        {
            foreach (var measure in measures)
            {
                if (MeasureMatrix.Check(category, measure, basis, Decider.Automatic) is { } crossed)
                    yaml.Error(at, $"{path}.measures", $"{crossed.Line}: {crossed.Message}");
            }
        }

        private List<CelRead<PolicyVariables>> Evidence(Dictionary<string, YamlNode> map, string path)
        {
            var reads = new List<CelRead<PolicyVariables>>();
            if (!map.TryGetValue("evidence", out var list))
                return reads;
            foreach (var item in yaml.List(list, $"{path}.evidence"))
            {
                if (item is not YamlScalarNode { Value: { } source })
                {
                    yaml.Error(item, $"{path}.evidence", "expected a value such as account.posts_1h");
                    continue;
                }
                var errors = CelCompiler.TryCompileRead(_environment, source, out var read);
                foreach (var error in errors)
                    yaml.Errors.Add(new PolicyError((int)item.Start.Line, (int)item.Start.Column, $"{path}.evidence", error.ToString(), error));
                if (read is not null)
                    reads.Add(Shared(read));
            }
            return reads;
        }

        private ImmutableArray<CelRead<PolicyVariables>> Merge(ImmutableArray<CelRead<PolicyVariables>> read, List<CelRead<PolicyVariables>> named) =>
            [.. read.Where(r => !PolicyVariables.IsName(r.Path)).Select(Shared).Concat(named).DistinctBy(r => r.Path).OrderBy(r => r.Path, StringComparer.Ordinal)];

        private CelRead<PolicyVariables> Shared(CelRead<PolicyVariables> read)
        {
            if (!_evidence.TryAdd(read.Path, read))
                read = _evidence[read.Path];
            return read;
        }
    }
}
