using System.Text.Json;
using Moderation.Contracts.V1;
using Moderation.DevHost;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.ModCtl.Tests.Fakes;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;

namespace Moderation.ModCtl.Tests.Live;

/// <summary>The commands against the whole suite, as people use them one after the other.</summary>
public sealed class SuiteCommandTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private const string Fraud = "Congratulations! You won a free prize of 5000 dollars, claim it now at http://win-prize.example";

    private string Token(string person, params Role[] roles)
        => suite.Suite.IssuePersonToken(roles.Length == 0 ? Person.OfEverything(person) : Person.Of(person, roles, [Person.AllTenants]), TimeSpan.FromHours(1));

    // Runs a command that has to succeed; what it wrote to standard output.
    private async Task<string> RunAsync(string service, TenantClients tenant, string token, params string[] arguments)
    {
        var outcome = await OutcomeAsync(service, tenant, token, arguments);
        Assert.True(outcome.Code == 0, $"modctl {string.Join(' ', arguments)} ended with {outcome.Code}: {outcome.Error}");
        return outcome.Output;
    }

    private Task<ModCtlProgram.Outcome> OutcomeAsync(string service, TenantClients tenant, string token, params string[] arguments)
        => ModCtlProgram.RunAsync(
            name => name switch { "MODERATION_API_KEY" => tenant.ApiKey, "MODERATION_TOKEN" => token, _ => null },
            [.. arguments, "--address", suite.Suite.Address(service, EndpointKind.Grpc).GetLeftPart(UriPartial.Authority)]);

    private Task<string> EnforceAsync(TenantClients tenant, string token, params string[] arguments) => RunAsync(EnforcementHost.Name, tenant, token, arguments);

    private static JsonElement Read(string json) => JsonDocument.Parse(json).RootElement;

    private static string Text(JsonElement element, params string[] path)
        => path.Aggregate(element, (at, name) => int.TryParse(name, out var index) ? at[index] : at.GetProperty(name)).GetString()!; // the tests name strings

    private static async Task SubmitAsync(TenantClients tenant, string post, string text = "Fresh bread every morning from six, come by!")
    {
        await tenant.Ingest.SubmitPostAsync(new SubmitPostRequest
        {
            Post = new Post { PostId = post, AccountId = "ann", Audience = Audience.Public, Text = text, Language = "en" },
        });
        using var watch = tenant.Ingest.WatchDecisions(new WatchDecisionsRequest { Cursor = "0" }, cancellationToken: TestContext.Current.CancellationToken);
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        }
        while (watch.ResponseStream.Current.Decided?.PostId != post);
    }

    [Fact]
    public async Task Moderator_decides_author_appeals_and_another_reviewer_overturns()
    {
        var tenant = await suite.NewTenantAsync();
        await SubmitAsync(tenant, "p1");
        var decided = Read(await EnforceAsync(
            tenant, Token("mod", Role.Lead), "decide", tenant.Tenant, "r1", "--post", "p1", "--measure", "REMOVE:hate", "--why", "It attacks people."));
        var decision = Text(decided, "decision", "decisionId");
        Assert.Equal("MEASURE_KIND_REMOVE", Text(decided, "decision", "measures", "0", "kind"));
        Assert.Contains("REMOVE", await EnforceAsync(tenant, Token("mod", Role.Lead), "account", "standing", tenant.Tenant, "ann"), StringComparison.Ordinal);
        Assert.Contains("\"puid\"", await EnforceAsync(tenant, "", "transparency", decision), StringComparison.Ordinal);

        var filed = Read(await EnforceAsync(tenant, "", "appeal", "file", decision, "--text", "It was irony."));
        var appeal = Text(filed, "appeal", "appealId");
        var own = await OutcomeAsync(EnforcementHost.Name, tenant, Token("mod", Role.Lead), "review", "lease", tenant.Tenant, "--queue", "appeals");
        Assert.True(own.Code != 0, "Who decided does not hear the appeal: " + own.Output);
        Assert.Contains("NO_REVIEW_TASK", own.Error, StringComparison.Ordinal);

        var zoe = Token("zoe", Role.Reviewer);
        Assert.Contains("p1", await EnforceAsync(tenant, zoe, "review", "list", tenant.Tenant, "--queue", "appeals"), StringComparison.Ordinal);
        var leased = Read(await EnforceAsync(tenant, zoe, "review", "lease", tenant.Tenant, "--queue", "appeals"));
        var (task, lease) = (Text(leased, "task", "taskId"), Text(leased, "lease", "token"));
        Assert.Equal(task, Text(Read(await EnforceAsync(tenant, zoe, "review", "get", task)), "task", "taskId"));
        await EnforceAsync(tenant, zoe, "review", "renew", task, "--lease", lease);
        await EnforceAsync(tenant, zoe, "review", "release", task, "--lease", lease);
        lease = Text(Read(await EnforceAsync(tenant, zoe, "review", "lease", tenant.Tenant, "--queue", "appeals")), "lease", "token");
        await EnforceAsync(tenant, zoe, "review", "complete", task, "--lease", lease, "--why", "It is irony.");
        Assert.Equal("APPEAL_STATE_OVERTURNED", Text(Read(await EnforceAsync(tenant, "", "appeal", "get", appeal)), "appeal", "state"));
        await EnforceAsync(tenant, zoe, "review", "conflict", tenant.Tenant, "ann");
        Assert.Contains("queues", await EnforceAsync(tenant, Token("lea", Role.Lead), "review", "figures", tenant.Tenant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_flaggers_and_orders_open_tasks_and_are_counted()
    {
        var tenant = await suite.NewTenantAsync();
        await SubmitAsync(tenant, "p1");
        await SubmitAsync(tenant, "p2", "The bakery is closed on Mondays.");
        var admin = Token("root", Role.Admin);
        await EnforceAsync(tenant, admin, "flagger", "add", tenant.Tenant, "hotline", "--name", "A hotline");
        Assert.Contains("hotline", await EnforceAsync(tenant, admin, "flagger", "list", tenant.Tenant), StringComparison.Ordinal);
        var report = Text(Read(await EnforceAsync(
            tenant, "", "report", "file", "p1", "--reporter", "bob", "--category", "harassment", "--flagger", "hotline", "--explanation", "It is about me.")), "reportId");
        Assert.Equal(report, Text(Read(await EnforceAsync(tenant, "", "report", "get", report)), "reportId"));
        Assert.Contains(report, await EnforceAsync(tenant, Token("zoe", Role.Reviewer), "report", "list", tenant.Tenant, "--undecided"), StringComparison.Ordinal);
        await EnforceAsync(tenant, admin, "flagger", "remove", tenant.Tenant, "hotline");
        Assert.DoesNotContain("hotline", await EnforceAsync(tenant, admin, "flagger", "list", tenant.Tenant), StringComparison.Ordinal);

        await EnforceAsync(
            tenant, Token("lea", Role.Lead), "order", "file", tenant.Tenant, "--authority", "Regional court", "--country", "DE", "--legal-ground", "Section 130",
            "--reference", "12 O 34/26", "--scope", "DE", "--post", "p2", "--category", "hate", "--received", "2026-01-01T00:00Z");
        Assert.Contains("DE", await EnforceAsync(tenant, Token("aud", Role.Auditor), "order", "counts", tenant.Tenant), StringComparison.Ordinal);
        var bare = await OutcomeAsync(
            EnforcementHost.Name, tenant, Token("lea", Role.Lead), "order", "file", tenant.Tenant, "--authority", "Office", "--country", "DE", "--legal-ground", "None",
            "--reference", "1", "--scope", "DE", "--post", "p2", "--received", "2026-01-01T00:00Z");
        Assert.NotEqual(0, bare.Code); // no harm of the taxonomy, no order
    }

    [Fact]
    public async Task Many_decisions_are_looked_at_decided_and_undone_as_one()
    {
        var tenant = await suite.NewTenantAsync();
        var lead = Token("lea", Role.Lead);
        for (var i = 0; i < 3; i++)
        {
            await SubmitAsync(tenant, $"p{i}", $"Bread number {i}");
            await EnforceAsync(tenant, lead, "decide", tenant.Tenant, $"r{i}", "--post", $"p{i}", "--measure", "LABEL:hate", "--why", "It attacks people.");
        }

        Assert.Contains("3", await EnforceAsync(tenant, lead, "bulk", "preview", tenant.Tenant, "--account", "ann"), StringComparison.Ordinal);
        var job = (await EnforceAsync(
            tenant, lead, "bulk", "start", tenant.Tenant, "--account", "ann", "--rationale", "It was wrong.", "--request-id", "b1", "--cap", "3")).Trim();
        Assert.Equal(4, (await DoneAsync(tenant, lead, job)).Length); // the job and its three results
        Assert.DoesNotContain("MEASURE_KIND_LABEL", await EnforceAsync(tenant, lead, "account", "standing", tenant.Tenant, "ann"), StringComparison.Ordinal);
        var undo = (await EnforceAsync(tenant, lead, "bulk", "undo", job, "--rationale", "It was right.", "--request-id", "u1")).Trim();
        Assert.Equal(4, (await DoneAsync(tenant, lead, undo)).Length);
        Assert.Contains("MEASURE_KIND_LABEL", await EnforceAsync(tenant, lead, "account", "standing", tenant.Tenant, "ann"), StringComparison.Ordinal);
    }

    // Asks until the job is done.
    private async Task<string[]> DoneAsync(TenantClients tenant, string token, string job)
    {
        while (true)
        {
            var lines = (await EnforceAsync(tenant, token, "bulk", "get", job)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (Text(Read(lines[0]), "state") == "BULK_STATE_DONE")
            {
                return lines;
            }
        }
    }

    [Fact]
    public async Task What_is_held_about_an_account_is_held_exported_and_erased()
    {
        var tenant = await suite.NewTenantAsync();
        await SubmitAsync(tenant, "p1");
        var everything = Token("root");
        var hold = (await EnforceAsync(
            tenant, everything, "account", "hold", "set", tenant.Tenant, "ann", "--ground", "A proceeding", "--until", DateTimeOffset.UtcNow.AddDays(30).ToString("O"), "--request-id", "h1")).Trim();
        Assert.Contains(hold, await EnforceAsync(tenant, everything, "account", "hold", "list", tenant.Tenant), StringComparison.Ordinal);
        Assert.Contains("released", await EnforceAsync(tenant, everything, "account", "hold", "release", hold), StringComparison.Ordinal);
        var export = await EnforceAsync(tenant, everything, "account", "export", tenant.Tenant, "ann");
        Assert.Equal("end", Text(Read(export.TrimEnd('\n').Split('\n')[^1]), "kind"));
        var erasure = Text(Read(await EnforceAsync(tenant, everything, "account", "erase", tenant.Tenant, "ann", "--request-id", "e1")), "erasureId");
        Assert.Equal(erasure, Text(Read(await EnforceAsync(tenant, everything, "account", "erasure", tenant.Tenant, erasure)), "erasureId"));
        Assert.Contains("decision-with-measure", await EnforceAsync(tenant, everything, "retention", "show"), StringComparison.Ordinal);
        Assert.Equal("", await EnforceAsync(tenant, everything, "effects", "list", tenant.Tenant, "--json"));
    }

    [Fact]
    public async Task Keys_come_turn_and_go_and_the_audit_answers_for_it()
    {
        var tenant = await suite.NewTenantAsync();
        var admin = Token("root", Role.Admin);
        var key = (await EnforceAsync(tenant, admin, "key", "create", tenant.Tenant, "backend", "--scope", "read")).Trim();
        var rotated = (await EnforceAsync(tenant, admin, "key", "rotate", tenant.Tenant, "backend", "--old-secret-for", "0s")).Trim();
        Assert.NotEqual(key, rotated);
        Assert.Contains("backend", await EnforceAsync(tenant, admin, "key", "list", tenant.Tenant), StringComparison.Ordinal);
        await EnforceAsync(tenant, admin, "key", "revoke", tenant.Tenant, "backend");
        Assert.DoesNotContain("backend", await EnforceAsync(tenant, admin, "key", "list", tenant.Tenant, "--json"), StringComparison.Ordinal);
        var off = await OutcomeAsync(EnforcementHost.Name, tenant, admin, "webhook", "list", tenant.Tenant);
        Assert.NotEqual(0, off.Code);
        Assert.Contains("Delivery:Webhooks:Enabled", off.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_is_read_watched_and_withdrawn()
    {
        var tenant = await suite.NewTenantAsync();
        await SubmitAsync(tenant, "p1", Fraud);
        Assert.Equal("p1", Text(Read(await RunAsync(IngestHost.Name, tenant, "", "get", "p1")), "postId"));
        await RunAsync(IngestHost.Name, tenant, "", "withdraw", "p1");
        var events = (await RunAsync(IngestHost.Name, tenant, "", "watch", "--cursor", "0", "--limit", "2")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["decided", "withdrawn"], events.Select(e => Read(e).TryGetProperty("decided", out _) ? "decided" : "withdrawn"));
    }
}
