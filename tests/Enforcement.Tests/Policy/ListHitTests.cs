using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>Hits of term and link lists, and matches of claims, as inputs of the policy.</summary>
public sealed class ListHitTests
{
    private const string Policy = """
        version: test@1
        clauses:
          - { id: fraud, category: FRAUD_SPAM, title: Fraud, text: No fraud. }
        rules:
          - { id: r1, clause: fraud, category: FRAUD_SPAM, when: "lists.hits.exists(h, h.category == FRAUD_SPAM && h.kind == HOST)", measures: [HOLD_FOR_REVIEW], severity: 3 }

        """;

    private static DecidePostRequest Request(params Contracts.V1.TextListHit[] hits) => new()
    {
        TenantId = "t",
        Facts = new Contracts.V1.PostFacts { PostId = "p", AccountId = "a", Revision = 1 },
        Text = new TextSignals { Status = Contracts.V1.SignalStatus.Available, OutOfDomain = true, Language = "it", ListHits = { hits } },
        Media = new MediaSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
    };

    private static PolicyOutcome Decide(DecidePostRequest request)
    {
        var compiled = PolicyCompiler.Compile(Policy);
        Assert.Empty(compiled.Errors);
        return PolicyEngine.Decide(PolicyMapping.ToInput(request, DateTimeOffset.UnixEpoch), compiled.Policy!); // no errors, so there is a policy
    }

    private static Contracts.V1.TextListHit Hit(Contracts.V1.HarmCategory category, TextListKind kind) =>
        new() { EntryId = "secret-entry", Category = category, Kind = kind, Shared = true, Start = 0, End = 4 };

    [Fact]
    public void Rule_on_a_listed_host_fires_also_where_the_model_abstains()
    {
        var outcome = Decide(Request(Hit(Contracts.V1.HarmCategory.FraudSpam, TextListKind.Host)));
        Assert.Equal("r1", Assert.Single(outcome.Fired).RuleId);
        Assert.Equal(EvidenceBasis.TextScore, outcome.Fired[0].Basis);
    }

    [Theory]
    [InlineData(Contracts.V1.HarmCategory.FraudSpam, TextListKind.Term)]
    [InlineData(Contracts.V1.HarmCategory.Hate, TextListKind.Host)]
    public void Rule_on_another_kind_or_harm_does_not_fire(Contracts.V1.HarmCategory category, TextListKind kind) => Assert.Empty(Decide(Request(Hit(category, kind))).Fired);

    [Fact]
    public void Author_reads_neither_the_entry_nor_what_it_looks_for()
    {
        var request = Request(Hit(Contracts.V1.HarmCategory.FraudSpam, TextListKind.Host));
        var outcome = Decide(request);
        Assert.DoesNotContain(outcome.Fired[0].Evidence, e => e.Value.Contains("secret-entry", StringComparison.Ordinal));
    }

    [Fact]
    public void Rule_can_not_rest_a_false_claim_on_a_list()
    {
        var yaml = Policy.Replace("FRAUD_SPAM, title", "FALSE_CLAIM, title", StringComparison.Ordinal).Replace("category: FRAUD_SPAM, when", "category: FALSE_CLAIM, when", StringComparison.Ordinal);
        Assert.NotEmpty(PolicyCompiler.Compile(yaml).Errors);
    }

    [Fact]
    public void Claims_of_the_text_signals_reach_the_engine_and_silence_is_no_failure()
    {
        var request = Request();
        Assert.Equal(SignalStatus.NotApplicable, PolicyMapping.ToInput(request, DateTimeOffset.UnixEpoch).Claims.Status);
        request.Text.ClaimStatus = Contracts.V1.SignalStatus.Available;
        request.Text.ClaimMatches.Add(new Contracts.V1.ClaimMatch { ClaimId = "c_1", Score = 0.95f });
        var claims = PolicyMapping.ToInput(request, DateTimeOffset.UnixEpoch).Claims;
        Assert.Equal(SignalStatus.Available, claims.Status);
        Assert.Equal(new ClaimMatch("c_1", 0.95), Assert.Single(claims.Matches));
    }
}
