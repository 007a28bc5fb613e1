using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Testing;
using Moderation.TextClassify.Host;
using Xunit;

namespace Moderation.Ingest.Tests.Rpc;

/// <summary>The suite with a publisher whose fact-checks count, and the default policy with one rule more: it holds what a fraud list names.</summary>
public sealed class PublisherFixture : SuiteFixture
{
    private const string Rule = """

          - id: lists.hold
            clause: fraud-spam
            category: FRAUD_SPAM
            when: lists.hits.exists(h, h.category == FRAUD_SPAM && !h.shared)
            measures: [HOLD_FOR_REVIEW]
            severity: 3

        """;

    private readonly Lazy<string> _policy = new(() =>
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("moderation-policy-").FullName, "policy.yaml");
        File.WriteAllText(path, File.ReadAllText(Repository.PathOf("services", "enforcement", "Core", "Policy", "default-policy.yaml")).TrimEnd() + Rule);
        return path;
    });

    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Settings => new Dictionary<string, IReadOnlyDictionary<string, string?>>
    {
        [TextClassifyHost.Name] = new Dictionary<string, string?> { ["Claims:Publishers:0:Site"] = "factcheck.example" },
        [EnforcementHost.Name] = new Dictionary<string, string?> { ["Policy:File"] = _policy.Value },
    };
}

/// <summary>What text-classify keeps reaches decisions through the front door.</summary>
public sealed class ListsAndClaimsTests(PublisherFixture suite) : IClassFixture<PublisherFixture>
{
    private const string Text = "they hide it from us: wearing copper bracelets at night cures migraine within a week";

    private Grpc.Core.CallInvoker Person => suite.Suite.ConnectAsPerson(TextClassifyHost.Name, suite.Suite.IssuePersonToken("policy@test", TimeSpan.FromMinutes(5)));

    [Fact]
    public async Task Post_that_repeats_a_claim_rated_false_is_labelled_and_never_removed()
    {
        var tenant = await suite.NewTenantAsync();
        Assert.Equal(DecisionOutcome.NoAction, (await tenant.Ingest.SubmitPostAsync(Posts.Submit("before", Text))).Decision.Outcome);
        await new ClaimService.ClaimServiceClient(Person).ImportFactChecksAsync(new ImportFactChecksRequest
        {
            FactChecks = { new FactCheck { Claim = "Wearing copper bracelets at night cures migraine within a week.", Rating = "False", PublisherSite = "factcheck.example", Address = "https://factcheck.example/copper" } },
        });
        var decision = (await tenant.Ingest.SubmitPostAsync(Posts.Submit("after", Text))).Decision;
        Assert.Equal(DecisionOutcome.Measures, decision.Outcome);
        Assert.Contains(decision.Measures, m => m is { Kind: MeasureKind.Label, Category: HarmCategory.FalseClaim });
        Assert.DoesNotContain(decision.Measures, m => m.Kind is MeasureKind.Remove or MeasureKind.HoldForReview);
        Assert.Contains(decision.Reasons.SelectMany(r => r.Evidence), e => e.Name == "claims.match");
    }

    [Fact]
    public async Task Post_with_a_listed_term_is_held_for_the_tenant_whose_list_it_is_and_the_author_does_not_learn_it()
    {
        var (tenant, other) = (await suite.NewTenantAsync(), await suite.NewTenantAsync());
        await new TextListService.TextListServiceClient(Person).AddTextListEntriesAsync(new AddTextListEntriesRequest
        {
            TenantId = tenant.Tenant,
            Entries = { new TextListEntry { EntryId = "secret-entry", Category = HarmCategory.FraudSpam, Term = "zorblax" } },
        });
        const string post = "My cat is called Z0rblax and sleeps all day.";
        var decision = (await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1", post))).Decision;
        Assert.Contains(decision.Measures, m => m is { Kind: MeasureKind.HoldForReview, RuleId: "lists.hold" });
        Assert.DoesNotContain("zorblax", decision.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret-entry", decision.ToString(), StringComparison.Ordinal);
        Assert.Equal(DecisionOutcome.NoAction, (await other.Ingest.SubmitPostAsync(Posts.Submit("p1", post))).Decision.Outcome);
    }
}
