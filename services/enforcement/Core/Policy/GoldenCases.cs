using System.Collections.Immutable;
using YamlDotNet.RepresentationModel;

namespace Moderation.Enforcement;

/// <summary>What became of one golden case.</summary>
/// <param name="Name">The case.</param>
/// <param name="Difference">What differs from what was expected; null when the case holds.</param>
public sealed record GoldenResult(string Name, string? Difference);

/// <summary>One golden case.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">What the policy is asked.</param>
/// <param name="Expected">What it must say, in the words of <see cref="GoldenCases.Describe"/>.</param>
public sealed record GoldenCase(string Name, PolicyInput Input, string Expected);

/// <summary>Runs the golden cases beside a policy: inputs, and what the policy must say to them.</summary>
public static class GoldenCases
{
    private const double ScoreNotNamed = 0.01;
    private static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Runs all cases of a document.</summary>
    /// <param name="yaml">The document with the cases.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="errors">What is wrong with the document; empty when it could be read.</param>
    public static ImmutableArray<GoldenResult> Run(string yaml, CompiledPolicy policy, out ImmutableArray<PolicyError> errors)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        ArgumentNullException.ThrowIfNull(policy);
        return
        [
            .. Read(yaml, out errors).Select(c => (c.Name, c.Expected, Actual: Describe(PolicyEngine.Decide(c.Input, policy))))
                .Select(c => new GoldenResult(c.Name, c.Actual == c.Expected ? null : $"expected {c.Expected} but got {c.Actual}")),
        ];
    }

    /// <summary>Reads the cases of a document without running them; those that are wrong are left out and named in the errors.</summary>
    /// <param name="yaml">The document with the cases.</param>
    /// <param name="errors">What is wrong with the document; empty when it could be read.</param>
    public static ImmutableArray<GoldenCase> Read(string yaml, out ImmutableArray<PolicyError> errors)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var reader = new PolicyYaml();
        var read = ImmutableArray.CreateBuilder<GoldenCase>();
        if (reader.Load(yaml) is { } root)
        {
            var map = reader.Map(root, "document", "cases");
            var cases = map.TryGetValue("cases", out var list) ? reader.List(list, "cases") : [];
            for (var i = 0; i < cases.Count; i++)
            {
                var before = reader.Errors.Count;
                var fields = reader.Map(cases[i], $"cases[{i}]", "name", "post", "text", "media", "claims", "account", "content", "links", "expect");
                var name = reader.Text(cases[i], fields, "name", $"cases[{i}]", 200) ?? "";
                var input = new CaseReader(reader, $"cases[{i}]").Input(fields);
                var expected = fields.TryGetValue("expect", out var expect) ? Expected(reader, expect, $"cases[{i}].expect") : "";
                if (expect is null)
                    reader.Error(cases[i], $"cases[{i}]", "'expect' is missing");
                if (reader.Errors.Count == before)
                    read.Add(new GoldenCase(name, input, expected));
            }
        }
        errors = [.. reader.Errors];
        return read.ToImmutable();
    }

    private static string Expected(PolicyYaml reader, YamlNode node, string path)
    {
        var map = reader.Map(node, path, "outcome", "measures", "rules", "review");
        var outcome = reader.Text(node, map, "outcome", path, 20);
        string List(string key) => map.TryGetValue(key, out var list)
            ? Sorted(reader.List(list, $"{path}.{key}").Select(n => (n as YamlScalarNode)?.Value ?? ""))
            : "";
        return $"{outcome}, measures [{List("measures")}], rules [{List("rules")}], review [{List("review")}]";
    }

    /// <summary>An outcome in one line: verdict, measures, rules and review reasons.</summary>
    public static string Describe(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var verdict = outcome.Verdict switch
        {
            Verdict.NoAction => "NO_ACTION",
            Verdict.ReviewOnly => "REVIEW_ONLY",
            _ => "MEASURES",
        };
        return $"{verdict}, measures [{Sorted(outcome.Measures.Select(m => TaxonomyNames.Of(m.Kind)))}], "
            + $"rules [{Sorted(outcome.Fired.Select(r => r.RuleId))}], review [{Sorted(outcome.ReviewReasons.Select(r => r.Code))}]";
    }

    private static string Sorted(IEnumerable<string> items) => string.Join(" ", items.Order(StringComparer.Ordinal));

    private sealed class CaseReader(PolicyYaml yaml, string path)
    {
        public PolicyInput Input(Dictionary<string, YamlNode> fields) => new()
        {
            Now = Now,
            Post = Post(Map(fields, "post", "text_length", "link_count", "media_count", "is_reply", "language"), fields.ContainsKey("media")),
            Text = Text(Map(fields, "text", "status", "out_of_domain", "language", "scores")),
            Media = Media(fields.ContainsKey("media"), Map(fields, "media", "status", "matches")),
            Claims = Claims(fields.ContainsKey("claims"), Map(fields, "claims", "status", "matches")),
            Account = Account(Map(fields, "account", "posts_1m", "posts_1h", "posts_1d", "posts_7d", "posts_30d", "age_days")),
            Content = new ContentFacts(Counts(fields, "content"), Counts(fields, "links")),
        };

        private Dictionary<string, YamlNode> Map(Dictionary<string, YamlNode> fields, string key, params string[] known) =>
            fields.TryGetValue(key, out var node) ? yaml.Map(node, $"{path}.{key}", known) : [];

        private int Count(Dictionary<string, YamlNode> map, string key, int fallback) =>
            map.TryGetValue(key, out var node) ? (int)(yaml.Number(node, $"{path}.{key}", 0, 1_000_000) ?? 0) : fallback;

        private static string Word(Dictionary<string, YamlNode> map, string key, string fallback) =>
            map.TryGetValue(key, out var node) && node is YamlScalarNode { Value: { } text } ? text : fallback;

        private SignalStatus Status(Dictionary<string, YamlNode> map, SignalStatus fallback)
        {
            if (!map.TryGetValue("status", out var node))
                return fallback;
            switch (Word(map, "status", ""))
            {
                case "AVAILABLE":
                    return SignalStatus.Available;
                case "UNAVAILABLE":
                    return SignalStatus.Unavailable;
                case "NOT_APPLICABLE":
                    return SignalStatus.NotApplicable;
            }
            yaml.Error(node, $"{path}.status", "expected AVAILABLE, UNAVAILABLE or NOT_APPLICABLE");
            return fallback;
        }

        private PostFacts Post(Dictionary<string, YamlNode> map, bool hasMedia) => new()
        {
            TenantId = "golden",
            PostId = "post",
            AccountId = "account",
            Language = Word(map, "language", "en"),
            TextLength = Count(map, "text_length", 100),
            LinkCount = Count(map, "link_count", 0),
            IsReply = Word(map, "is_reply", "false") == "true",
            MediaIds = [.. Enumerable.Range(1, Count(map, "media_count", hasMedia ? 1 : 0)).Select(i => $"m{i}")],
        };

        private TextSignal Text(Dictionary<string, YamlNode> map)
        {
            var scores = TaxonomyNames.Categories.Where(CategoryScores.IsScored).ToDictionary(c => c, _ => ScoreNotNamed);
            if (map.TryGetValue("scores", out var given))
            {
                foreach (var (name, value) in yaml.OpenMap(given, $"{path}.text.scores", out _))
                {
                    if (!TaxonomyNames.TryCategory(name, out var category) || !CategoryScores.IsScored(category))
                        yaml.Error(value, $"{path}.text.scores", $"'{PolicyYaml.Shown(name)}' is no category that a text model scores");
                    else
                        scores[category] = yaml.Number(value, $"{path}.text.scores.{name}", 0, 1) ?? 0;
                }
            }
            return new TextSignal
            {
                Status = Status(map, SignalStatus.Available),
                Language = Word(map, "language", "en"),
                OutOfDomain = Word(map, "out_of_domain", "false") == "true",
                Scores = CategoryScores.Of(scores),
            };
        }

        private MediaSignal Media(bool given, Dictionary<string, YamlNode> map)
        {
            var matches = map.TryGetValue("matches", out var list) ? yaml.List(list, $"{path}.media.matches") : [];
            return new MediaSignal
            {
                Status = Status(map, given ? SignalStatus.Available : SignalStatus.NotApplicable),
                Matches = [.. matches.Select(Match)],
            };
        }

        private BankMatch Match(YamlNode node)
        {
            var map = yaml.Map(node, $"{path}.media.matches", "bank", "category", "kind", "distance", "quality");
            if (!TaxonomyNames.TryCategory(Word(map, "category", ""), out var category))
                yaml.Error(node, $"{path}.media.matches", "expected a category of the closed taxonomy");
            var kind = Word(map, "kind", "") switch
            {
                "PDQ" => HashKind.Pdq,
                "SHA256" => HashKind.Sha256,
                "MD5" => HashKind.Md5,
                "SHA1" => HashKind.Sha1,
                "VPDQ" => HashKind.Vpdq,
                _ => HashKind.Unspecified,
            };
            if (kind == HashKind.Unspecified)
                yaml.Error(node, $"{path}.media.matches", "expected a kind PDQ, SHA256, MD5, SHA1 or VPDQ");
            return new BankMatch("m1", Word(map, "bank", "bank"), "entry", category, kind, Count(map, "distance", 0), Count(map, "quality", 100));
        }

        private ClaimSignal Claims(bool given, Dictionary<string, YamlNode> map)
        {
            var matches = map.TryGetValue("matches", out var list) ? yaml.List(list, $"{path}.claims.matches") : [];
            return new ClaimSignal
            {
                Status = Status(map, given ? SignalStatus.Available : SignalStatus.NotApplicable),
                Matches =
                [
                    .. matches.Select(node =>
                    {
                        var fields = yaml.Map(node, $"{path}.claims.matches", "id", "similarity");
                        var similarity = fields.TryGetValue("similarity", out var value) ? yaml.Number(value, $"{path}.claims.matches", 0, 1) ?? 0 : 0;
                        return new ClaimMatch(Word(fields, "id", "claim"), similarity);
                    }),
                ],
            };
        }

        private WindowCounts? Counts(Dictionary<string, YamlNode> fields, string key)
        {
            if (!fields.ContainsKey(key))
                return null;
            var map = Map(fields, key, "posts_1h", "posts_1d", "posts_30d", "accounts_1h", "accounts_1d", "accounts_30d");
            return new WindowCounts(
                Count(map, "posts_1h", 1), Count(map, "posts_1d", 1), Count(map, "posts_30d", 1), Count(map, "accounts_1h", 1), Count(map, "accounts_1d", 1),
                Count(map, "accounts_30d", 1));
        }

        private AccountFacts Account(Dictionary<string, YamlNode> map) => new()
        {
            Counters = map.ContainsKey("posts_1m") || map.ContainsKey("posts_1h") || map.ContainsKey("posts_1d") || map.ContainsKey("posts_30d")
                ? new AccountCounters(
                    Count(map, "posts_1m", 1), Count(map, "posts_1h", 1), Count(map, "posts_1d", 1), Count(map, "posts_7d", 0), Count(map, "posts_30d", 0))
                : null,
            Age = map.ContainsKey("age_days") ? TimeSpan.FromDays(Count(map, "age_days", 0)) : null,
        };
    }
}
