using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Moderation.Enforcement;

namespace Moderation.Benchmarks.Policy;

/// <summary>
/// The fixed mix: rules of three or four conditions over numbers, strings and list membership, one <c>exists</c> in ten, each written for
/// our engine (CEL) and for the peer (C# expressions), and inputs on which about 5 % of the rules fire.
/// </summary>
internal static class PolicyMix
{
    private static readonly HarmCategory[] Scored = [.. TaxonomyNames.Categories.Where(CategoryScores.IsScored)];
    private static readonly string[] Languages = ["en", "de", "fr", "es", "ru", "zh", "ar", "pt"];
    private static readonly string[] MatchKinds = ["VIOLENCE", "SEXUAL_CONTENT", "FRAUD_SPAM", "VIOLENT_EXTREMISM"];

    /// <summary>One rule in both languages.</summary>
    internal sealed record MixRule(string Id, HarmCategory Category, string Cel, string Lambda);

    /// <param name="count">How many rules.</param>
    /// <param name="gated">Whether a threshold can be read off the rules that have a score; else it stands behind an 'or'.</param>
    public static IReadOnlyList<MixRule> Rules(int count, bool gated = true)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(i => Rule(i, random, gated))];
    }

    private static MixRule Rule(int index, Random random, bool gated)
    {
        var category = Scored[index % Scored.Length];
        var name = TaxonomyNames.Of(category).ToLowerInvariant();
        var threshold = string.Create(CultureInfo.InvariantCulture, $"{0.55 + (0.4 * random.NextDouble()):0.000}");
        var length = 40 + random.Next(400);
        var posts = 1 + random.Next(8);
        var links = random.Next(3);
        var first = random.Next(Languages.Length);
        var some = Enumerable.Range(first, 4).Select(l => $"\"{Languages[l % Languages.Length]}\"").ToArray();
        var match = MatchKinds[random.Next(MatchKinds.Length)];
        var distance = 8 + random.Next(20);
        var score = $"text.score.{name} >= {threshold}";
        if (!gated)
            score = $"({score} || post.revision < 0)";
        var (cel, lambda) = (index % 10, index % 4) switch
        {
            (9, _) => (
                $"media.matches.exists(m, m.category == {match} && m.distance <= {distance}) && account.posts_1h >= {posts} && post.text_length < {length + 400}",
                $"input.Matches.Any(m => m.Category == \"{match}\" && m.Distance <= {distance}) && input.Posts1h >= {posts} && input.TextLength < {length + 400}"),
            (_, 0) => (
                $"{score} && text.language in [{string.Join(", ", some)}] && post.text_length >= {length}",
                $"input.Scores[{(int)category}] >= {threshold} && new[] {{ {string.Join(", ", some)} }}.Contains(input.Language) && input.TextLength >= {length}"),
            (_, 1) => (
                $"{score} && account.posts_1h >= {posts} && post.link_count >= {links} && !post.is_reply",
                $"input.Scores[{(int)category}] >= {threshold} && input.Posts1h >= {posts} && input.LinkCount >= {links} && !input.IsReply"),
            (_, 2) => (
                $"account.posts_1h >= {posts + 3} && post.language == {some[0]} && post.link_count > {links}",
                $"input.Posts1h >= {posts + 3} && input.PostLanguage == {some[0]} && input.LinkCount > {links}"),
            _ => (
                $"post.language.startsWith({some[0]}) && post.text_length >= {length} && post.link_count >= {links} && {score}",
                $"input.PostLanguage.StartsWith({some[0]}) && input.TextLength >= {length} && input.LinkCount >= {links} && input.Scores[{(int)category}] >= {threshold}"),
        };
        return new MixRule($"rule-{index}", category, cel, lambda);
    }

    public static string Yaml(IReadOnlyList<MixRule> rules)
    {
        var text = new StringBuilder("version: mix@1\nclauses:\n");
        foreach (var category in Scored)
            text.Append(CultureInfo.InvariantCulture, $"  - {{ id: c{(int)category}, category: {TaxonomyNames.Of(category)}, title: Title, text: Text. }}\n");
        text.Append("rules:\n");
        foreach (var rule in rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: {rule.Id}\n    clause: c{(int)rule.Category}\n    category: {TaxonomyNames.Of(rule.Category)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    when: '{rule.Cel}'\n    measures: [REVIEW]\n    severity: 1\n");
        }
        return text.ToString();
    }

    public static CompiledPolicy Compile(int count, bool gated = true)
    {
        var compilation = PolicyCompiler.Compile(Yaml(Rules(count, gated)));
        return compilation.Policy ?? throw new InvalidOperationException(string.Join("; ", compilation.Errors.Take(3)));
    }

    /// <summary>Inputs; <paramref name="harm"/> 0 are plain posts on which nothing fires.</summary>
    public static PolicyInput[] Inputs(int count, double harm)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(_ => Input(random, harm))];
    }

    private static PolicyInput Input(Random random, double harm)
    {
        var posts = harm == 0 ? 0 : random.Next(9);
        return new PolicyInput
        {
            Now = DateTimeOffset.UnixEpoch.AddDays(20_000),
            Post = new PostFacts
            {
                TenantId = "t",
                PostId = "p",
                AccountId = "a",
                Language = Languages[random.Next(Languages.Length)],
                TextLength = random.Next(600),
                LinkCount = random.Next(4),
                IsReply = random.Next(3) == 0,
                MediaIds = ["m1"],
            },
            Text = new TextSignal
            {
                Status = SignalStatus.Available,
                Language = Languages[random.Next(Languages.Length)],
                Scores = CategoryScores.Of(Scored.Select(c => KeyValuePair.Create(c, harm == 0 ? 0.3 * random.NextDouble() : Math.Min(1, harm * random.NextDouble())))),
            },
            Media = new MediaSignal { Status = SignalStatus.Available, Matches = Matches(random, harm) },
            Account = new AccountFacts { Counters = new AccountCounters(posts, posts, posts), Age = TimeSpan.FromDays(40) },
        };
    }

    private static ImmutableArray<BankMatch> Matches(Random random, double harm) =>
    [
        .. Enumerable.Range(0, random.Next(3)).Select(_ => new BankMatch(
            "m1", "bank", "entry", harm == 0 ? HarmCategory.Hate : (HarmCategory)(1 + random.Next(9)), HashKind.Pdq, random.Next(32), 90)),
    ];
}
