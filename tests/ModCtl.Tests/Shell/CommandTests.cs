using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Tests.Fakes;
using Moderation.ServiceDefaults.Auth;
using Moderation.Testing;

namespace Moderation.ModCtl.Tests.Shell;

public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Token_issue_makes_a_token_that_the_services_take()
    {
        var key = _folder.Write("people.key", new string('k', 32));
        var run = await ModCtlProgram.RunAsync(
            "token", "issue", "ann@example.org", "--key-file", key, "--lifetime", "30m",
            "--role", "lead", "--role", "auditor", "--tenant", "acme", "--tenant", "globex", "--clearance", "child-safety");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var services = new PeopleTokens(Options.Create(new PeopleOptions { KeyFile = key }), TimeProvider.System);
        var person = await services.ValidateAsync(run.Output.Trim());
        Assert.NotNull(person);
        Assert.Equal("ann@example.org", person.Subject);
        Assert.Equivalent(new[] { Role.Lead, Role.Auditor }, person.Roles, strict: true);
        Assert.Equivalent(new[] { "acme", "globex" }, person.Tenants, strict: true);
        Assert.Equivalent(new[] { "child-safety" }, person.Clearances, strict: true);
        var later = new PeopleTokens(Options.Create(new PeopleOptions { KeyFile = key }), new Shifted(TimeSpan.FromMinutes(31)));
        Assert.Null(await later.ValidateAsync(run.Output.Trim()));
    }

    [Fact]
    public async Task Token_issue_with_a_short_secret_says_what_is_needed()
    {
        var run = await ModCtlProgram.RunAsync(
            "token", "issue", "ann", "--key-file", _folder.Write("short.key", "abc"), "--role", "reviewer", "--tenant", "*");
        Assert.Equal(2, run.Code);
        Assert.Contains("holds 3 bytes, at least 32 are needed", run.Error);
        Assert.DoesNotContain("People:KeyFile", run.Error);
    }

    [Theory]
    [InlineData("get", "p1", "the tenant's API key is needed")]
    [InlineData("key", "create", "Required argument")]
    [InlineData("key", "create acme k1 --scope everything --token t", "--scope must be one of SUBMIT, READ, APPEAL, REPORT, EFFECT, ACCOUNT_DATA.")]
    [InlineData("key", "create acme k1 --lifetime 5m --token t", "--lifetime must be a time such as")]
    [InlineData("key", "rotate acme k1 --old-secret-for 31d --token t", "--old-secret-for must be a time such as")]
    [InlineData("key", "list", "Required argument")]
    [InlineData("withdraw", "p1 --api-key k --address localhost:8081", "--address must be like http://127.0.0.1:8081")]
    [InlineData("token", "issue ann --key-file x --lifetime 3y", "--lifetime must be a time such as")]
    [InlineData("token", "issue ann --key-file x --tenant acme", "Option '--role' is required.")]
    [InlineData("token", "issue ann --key-file x --role reviewer", "Option '--tenant' is required.")]
    [InlineData("token", "issue ann --key-file x --role platform --tenant acme", "--role must be one of reviewer, lead, policy, auditor, admin.")]
    [InlineData("token", "issue ann --key-file x --role lead --tenant Acme", "--tenant must be 1..64 characters of a-z 0-9 and -, or * for all of them.")]
    [InlineData("token", "issue ann --key-file x --role lead --tenant acme --clearance all", "--clearance must be child-safety.")]
    [InlineData("bank", "add b e --category hate --token t", "Give exactly one of --pdq, --sha256, --sha1, --md5 and --vpdq.")]
    [InlineData("bank", "set b e --token t", "Give at least one of --state, --severity, --label, --radius, --share, --source, --note.")]
    [InlineData("bank", "set b e --for 7d --note x --token t", "--for goes with --state DISABLED.")]
    [InlineData("bank", "set b e --state quarantined --token t", "--state must be one of ACTIVE, DISABLED.")]
    [InlineData("bank", "judge b e m --token t", "Give either --right or --wrong.")]
    [InlineData("bank", "add b e --category politics --md5 00000000000000000000000000000000 --token t", "--category must be one of VIOLENCE, ")]
    [InlineData("bank", "add b e --category hate --md5 00 --token t", "--md5 must be 32 hexadecimal digits.")]
    [InlineData("submit", "x.csv --concurrency 0 --api-key k", "--concurrency must be a whole number from 1 to 2048.")]
    [InlineData("submit", "absent.csv --api-key k", "there is no file or folder absent.csv")]
    [InlineData("submit", "x.csv --where split --api-key k", "--where must be FIELD=VALUE")]
    [InlineData("watch", "--limit 0 --api-key k", "--limit must be 1 or more.")]
    [InlineData("report", "file p1 --reporter r --category politics --api-key k", "--category must be one of VIOLENCE, ")]
    [InlineData("flagger", "add acme f --name n --category hate politics --token t", "--category must be one of VIOLENCE, ")]
    [InlineData("order", "file acme --token t", "Option '--legal-ground' is required.")]
    [InlineData("order", "file acme --authority a --country DE --legal-ground g --reference r --scope DE --category dissent --post p --token t", "--category must be one of VIOLENCE, ")]
    [InlineData("preservation", "get", "Required argument")]
    public async Task A_wrong_command_line_exits_2_and_says_what_would_be_right(string command, string rest, string message)
    {
        var run = await ModCtlProgram.RunAsync([command, .. rest.Split(' ')]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task A_credential_is_taken_from_the_option_the_file_or_the_environment_and_never_two()
    {
        await using var server = await GrpcServer<FakeIngest>.StartAsync();
        var file = _folder.Write("key", FakeIngest.ApiKey + "\n");
        string[] get = ["get", "unknown", "--address", server.Address];
        Assert.Contains("POST_NOT_FOUND", (await ModCtlProgram.RunAsync([.. get, "--api-key", FakeIngest.ApiKey])).Error);
        Assert.Contains("POST_NOT_FOUND", (await ModCtlProgram.RunAsync([.. get, "--api-key-file", file])).Error);
        Assert.Contains("POST_NOT_FOUND", (await ModCtlProgram.RunAsync(n => n == "MODERATION_API_KEY" ? FakeIngest.ApiKey : null, get)).Error);
        Assert.Contains("not both", (await ModCtlProgram.RunAsync([.. get, "--api-key", "k", "--api-key-file", file])).Error);
    }

    [Fact]
    public async Task Get_an_unknown_post_prints_reason_message_and_metadata()
    {
        await using var server = await GrpcServer<FakeIngest>.StartAsync();
        var run = await ModCtlProgram.RunAsync("get", "nope", "--address", server.Address, "--api-key", FakeIngest.ApiKey);
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal($"Error: POST_NOT_FOUND: There is no such post for this tenant.{Environment.NewLine}  post_id: nope{Environment.NewLine}", run.Error);
    }

    [Fact]
    public async Task Get_where_nothing_listens_names_the_address_and_what_to_try()
    {
        var run = await ModCtlProgram.RunAsync("get", "p1", "--address", $"http://127.0.0.1:{RedisServer.FreePort()}", "--api-key", "k");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("Error: nothing listens at http://127.0.0.1:", run.Error);
        Assert.Contains("--address", run.Error);
    }

    [Fact]
    public async Task Get_at_an_http1_port_asks_for_the_grpc_port()
    {
        await using var server = await GrpcServer<FakeIngest>.StartAsync(Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1);
        var run = await ModCtlProgram.RunAsync("get", "p1", "--address", server.Address, "--api-key", FakeIngest.ApiKey);
        Assert.Equal(1, run.Code);
        Assert.Contains("give the service's gRPC port with --address", run.Error);
    }

    [Fact]
    public async Task Withdraw_at_a_service_without_the_call_asks_for_the_right_port()
    {
        await using var server = await GrpcServer<FakeIngest>.StartAsync();
        var run = await ModCtlProgram.RunAsync("withdraw", "p1", "--address", server.Address, "--api-key", FakeIngest.ApiKey);
        Assert.Equal(1, run.Code);
        Assert.Contains("Is it another service's port?", run.Error);
    }

    [Fact]
    public async Task Watch_goes_on_after_the_last_event_when_the_connection_breaks()
    {
        await using var server = await GrpcServer<FakeIngest>.StartAsync();
        var run = await ModCtlProgram.RunAsync("watch", "--cursor", "3", "--limit", "5", "--address", server.Address, "--api-key", FakeIngest.ApiKey);
        Assert.Equal(0, run.Code);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["e4", "e5", "e6", "e7", "e8"], lines.Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("eventId").GetString()));
        Assert.Contains("taking it up again after 5.", run.Error);
    }

    [Fact]
    public async Task Policy_check_of_the_default_policy_and_its_cases_passes()
    {
        var policy = Repository.PathOf("services", "enforcement", "Core", "Policy", "default-policy.yaml");
        var cases = Repository.PathOf("services", "enforcement", "Core", "Policy", "default-policy.golden.yaml");
        var run = await ModCtlProgram.RunAsync("policy", "check", policy, "--cases", cases);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("0 do not", run.Output);
    }

    [Fact]
    public async Task Policy_check_prints_every_error_with_file_line_and_column()
    {
        var policy = _folder.Write("p.yaml", "version: mine@1\nclauses: []\nrules:\n  - id: a\n    category: POLITICS\n");
        var run = await ModCtlProgram.RunAsync("policy", "check", policy);
        Assert.Equal(1, run.Code);
        Assert.Contains($"{policy}:5:15: rules[0].category: 'POLITICS' is no category of the closed taxonomy", run.Error);
        Assert.True(run.Error.Split('\n').Length > 3, run.Error);
    }

    private sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
