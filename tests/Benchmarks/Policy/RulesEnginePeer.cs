using Moderation.Enforcement;
using RulesEngine.Models;

namespace Moderation.Benchmarks.Policy;

/// <summary>A match of media as the peer reads it.</summary>
public sealed record PeerMatch(string Category, long Distance);

/// <summary>An input as the peer reads it: flat, made before anything is measured.</summary>
public sealed class PeerInput
{
    internal PeerInput(PolicyInput input)
    {
        Scores = [.. Enumerable.Range(0, TaxonomyNames.Categories.Length + 1)
            .Select(c => CategoryScores.IsScored((HarmCategory)c) ? input.Text.Scores[(HarmCategory)c] : double.NaN)];
        Language = input.Text.Language;
        PostLanguage = input.Post.Language;
        TextLength = input.Post.TextLength;
        LinkCount = input.Post.LinkCount;
        IsReply = input.Post.IsReply;
        Posts1h = input.Account.Counters?.Posts1h ?? 0;
        Matches = [.. input.Media.Matches.Select(m => new PeerMatch(TaxonomyNames.Of(m.Category), m.Distance))];
    }

    /// <summary>Scores by the number of the harm.</summary>
    public double[] Scores { get; }
    /// <summary>The language found.</summary>
    public string Language { get; }
    /// <summary>The language given.</summary>
    public string PostLanguage { get; }
    /// <summary>Characters.</summary>
    public long TextLength { get; }
    /// <summary>Links.</summary>
    public long LinkCount { get; }
    /// <summary>Whether it is a reply.</summary>
    public bool IsReply { get; }
    /// <summary>Posts in the last hour.</summary>
    public long Posts1h { get; }
    /// <summary>Matches of media.</summary>
    public PeerMatch[] Matches { get; }
}

/// <summary>Microsoft RulesEngine over the same rules.</summary>
internal sealed class RulesEnginePeer
{
    private readonly RulesEngine.RulesEngine _engine;

    public RulesEnginePeer(IEnumerable<PolicyMix.MixRule> rules)
    {
        var workflow = new Workflow
        {
            WorkflowName = "mix",
            Rules = [.. rules.Select(r => new Rule { RuleName = r.Id, RuleExpressionType = RuleExpressionType.LambdaExpression, Expression = r.Lambda })],
        };
        _engine = new RulesEngine.RulesEngine([workflow], new ReSettings { EnableExceptionAsErrorMessage = false });
    }

    /// <summary>How many rules hold.</summary>
    public int Evaluate(PeerInput input)
    {
        var results = _engine.ExecuteAllRulesAsync("mix", new RuleParameter("input", input)).AsTask().GetAwaiter().GetResult();
        var fired = 0;
        foreach (var result in results)
            fired += result.IsSuccess ? 1 : 0;
        return fired;
    }
}
