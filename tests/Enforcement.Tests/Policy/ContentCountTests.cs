using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>Counts of content, hosts and long windows as inputs of the policy.</summary>
public sealed class ContentCountTests
{
    private static readonly CompiledPolicy Policy = Compile();

    private static CompiledPolicy Compile()
    {
        var compilation = PolicyCompiler.Compile("""
            version: counts@1
            clauses:
              - { id: spam, category: FRAUD_SPAM, title: Spam, text: No floods. }
            rules:
              - { id: same, clause: spam, category: FRAUD_SPAM, when: content.accounts_1d >= 20, measures: [REVIEW], severity: 1 }
              - { id: host, clause: spam, category: FRAUD_SPAM, when: links.posts_1h >= 30 && links.accounts_30d < 100, measures: [REVIEW], severity: 1 }
              - { id: month, clause: spam, category: FRAUD_SPAM, when: account.posts_30d >= 1000 || account.posts_7d >= 500, measures: [REVIEW], severity: 1 }

            """);
        Assert.Empty(compilation.Errors);
        return compilation.Policy!; // there are no errors
    }

    private static DecidePostRequest Request(Contracts.V1.AccountCounters? account = null, ContentCounters? content = null) => new()
    {
        TenantId = "t",
        Facts = new Contracts.V1.PostFacts { PostId = "p", AccountId = "a", Revision = 1 },
        Text = new TextSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
        Media = new MediaSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
        Counters = account,
        ContentCounters = content,
    };

    private static IEnumerable<string> Fired(DecidePostRequest request)
        => PolicyEngine.Decide(PolicyMapping.ToInput(request, DateTimeOffset.UnixEpoch), Policy).Fired.Select(f => f.RuleId).Order(StringComparer.Ordinal);

    [Fact]
    public void Rules_fire_on_what_was_counted()
    {
        var content = new ContentCounters
        {
            SameContent = new Contracts.V1.WindowCounts { Accounts1D = 20 },
            LinkHosts = new Contracts.V1.WindowCounts { Posts1H = 30, Accounts30D = 99 },
        };
        Assert.Equal(["host", "month", "same"], Fired(Request(new Contracts.V1.AccountCounters { Posts1M = 1, Posts1H = 1, Posts1D = 1, Posts7D = 500, Posts30D = 500 }, content)));
        content.SameContent.Accounts1D = 19;
        content.LinkHosts.Accounts30D = 100;
        Assert.Empty(Fired(Request(new Contracts.V1.AccountCounters { Posts7D = 499, Posts30D = 999 }, content)));
    }

    [Fact]
    public void Rule_does_not_fire_on_what_was_not_counted_and_a_backtest_says_that_it_could_not_be_evaluated()
    {
        // As recorded before long windows and contents were counted.
        var old = Request(new Contracts.V1.AccountCounters { Posts1M = 1, Posts1H = 1, Posts1D = 1 });
        var noLink = Request(new Contracts.V1.AccountCounters { Posts30D = 1 }, new ContentCounters { SameContent = new Contracts.V1.WindowCounts { Posts1H = 1 } });
        Assert.Empty(Fired(old));
        var simulation = new PolicySimulation(Policy, Policy, samples: 1);
        simulation.Add(PolicyMapping.ToInput(old, DateTimeOffset.UnixEpoch), "old");
        simulation.Add(PolicyMapping.ToInput(noLink, DateTimeOffset.UnixEpoch), "no-link");

        // That a post has no link is known.
        Assert.All(simulation.Rules(), r => Assert.Equal((1, 1), (r.Evaluated, r.Unevaluated)));
    }
}
