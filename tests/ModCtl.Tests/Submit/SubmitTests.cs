using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Tests.Fakes;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ModCtl.Tests.Submit;

public sealed class SubmitTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private GrpcServer<FakeIngest>? _server;

    private FakeIngest Ingest => Server.Service;

    private GrpcServer<FakeIngest> Server => _server ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => _server = await GrpcServer<FakeIngest>.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("unary")]
    [InlineData("stream")]
    public async Task Submit_brings_every_post_to_a_decision_through_failures_and_pending(string mode)
    {
        var texts = Enumerable.Range(0, 300).Select(i => (i % 10) switch { 0 => "flaky", 1 => "busy", 2 => "slow", 3 => "spam", _ => "fine" });
        var file = Ndjson(texts);
        var run = await SubmitAsync(file, "--mode", mode, "--concurrency", "16");
        Assert.True(run.Code == 0, run.Error + run.Output);
        Assert.Equal(300, Ingest.Posts.Count);
        Assert.Contains("300 posts decided", run.Output);
        Assert.Contains("60 calls repeated", run.Output);
        Assert.Contains("30 were pending first", run.Output);
        Assert.Matches(@"FRAUD_SPAM\s+REMOVE\s+30\s+10\.0 %", run.Output);
        Assert.Matches(@"-\s+NO_ACTION\s+270\s+90\.0 %", run.Output);
        Assert.All(Ingest.Posts.Values, p => Assert.Equal(Audience.Public, p.Audience));
    }

    [Fact]
    public async Task Submit_a_stream_that_breaks_is_opened_again_and_no_post_is_lost()
    {
        Ingest.CutStreamAfter = 50;
        var run = await SubmitAsync(Ndjson(Enumerable.Repeat("fine", 200)), "--mode", "stream", "--concurrency", "8");
        Assert.True(run.Code == 0, run.Error + run.Output);
        Assert.Equal(200, Ingest.Posts.Count);
        Assert.Contains("200 posts decided", run.Output);
        Assert.Contains("calls repeated", run.Output);
    }

    [Theory]
    [InlineData("unary")]
    [InlineData("stream")]
    public async Task Submit_posts_without_a_decision_are_told_with_their_line_and_fail_the_run(string mode)
    {
        var file = Ndjson(["fine", "bad", "stuck", "fine"]);
        File.AppendAllText(file, "{\"text\":7}\n{\"text\":\"x\",\"media\":[\"absent.png\"]}\n");
        var run = await SubmitAsync(file, "--mode", mode);
        Assert.Equal(1, run.Code);
        Assert.Contains("2 posts decided", run.Output);
        Assert.Matches(@"INVALID_FIELDS\s+1", run.Output);
        Assert.Contains($"{file}:2: INVALID_FIELDS: post.text must be good", run.Error);
        Assert.Contains($"{file}:3: QUARANTINED", run.Error);
        Assert.Contains($"{file}:5: MALFORMED_ROW: text must be a string, is a number", run.Error);
        Assert.Contains($"{file}:6: PICTURE_NOT_READABLE: media[0]: there is no file {_folder.Of("absent.png")}", run.Error);
    }

    [Fact]
    public async Task Submit_again_skips_what_was_decided_and_sums_up_both_runs()
    {
        var file = Ndjson(["fine", "spam", "bad", "fine"]);
        Assert.Equal(1, (await SubmitAsync(file)).Code);
        File.AppendAllText(file, "{\"text\":\"one more\"}\n");
        var again = await SubmitAsync(file);
        Assert.Equal(1, again.Code);
        Assert.Contains("1 posts decided", again.Output);
        Assert.Contains("3 skipped: decided in an earlier run", again.Output);
        Assert.Matches(@"FRAUD_SPAM\s+REMOVE\s+1\s", again.Output);
        Assert.Matches(@"-\s+NO_ACTION\s+3\s", again.Output);
        Assert.Equal([1, 1, 1, 1, 2], Ingest.Arrivals.Values.Order());
    }

    [Fact]
    public async Task Submit_with_a_limit_takes_that_many_rows_of_all_files()
    {
        var first = Ndjson(["a", "b", "c"], "first.ndjson");
        var second = Ndjson(["d", "e", "f"], "second.ndjson");
        var run = await ModCtlProgram.RunAsync(
            "submit", first, second, "--limit", "5", "--address", Server.Address, "--api-key", FakeIngest.ApiKey, "--progress-file", _folder.Of("all"));
        Assert.Equal(0, run.Code);
        Assert.Equal(["a", "b", "c", "d", "e"], Ingest.Posts.Values.Select(p => p.Text).Order());
        Assert.Equal(6, File.ReadAllLines(_folder.Of("all")).Length);
    }

    [Fact]
    public async Task Submit_a_picture_that_several_posts_show_is_uploaded_once()
    {
        _folder.Write("p.png", new byte[300_000]);
        var file = _folder.Write("posts.ndjson", string.Concat(Enumerable.Repeat("{\"text\":\"look\",\"media\":[\"p.png\"]}\n", 5)));
        Assert.Equal(0, (await SubmitAsync(file, "--concurrency", "1")).Code);
        Assert.Equal(1, Assert.Single(Ingest.Uploads).Value);
        Assert.All(Ingest.Posts.Values, p => Assert.Equal(Ingest.Uploads.Keys.Single(), Assert.Single(p.Media).MediaId));
    }

    [Fact]
    public async Task Submit_a_picture_that_the_service_has_forgotten_is_uploaded_again()
    {
        Ingest.ForgetFirstUpload = true;
        _folder.Write("set/p.png", [1, 2, 3]);
        var run = await SubmitAsync(_folder.Of("set"));
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(2, Assert.Single(Ingest.Uploads).Value);
        Assert.True(File.Exists(_folder.Of("set.progress")));
    }

    [Fact]
    public async Task Submit_a_refused_picture_names_the_picture_and_why()
    {
        _folder.Write("set/empty.png", []);
        var run = await SubmitAsync(_folder.Of("set"));
        Assert.Equal(1, run.Code);
        Assert.Contains($"{_folder.Of("set/empty.png")}: MEDIA_REJECTED", run.Error);
        Assert.Contains("detail: EMPTY", run.Error);
    }

    [Theory]
    [InlineData("unary")]
    [InlineData("stream")]
    public async Task Submit_to_a_service_that_stays_away_stops_instead_of_trying_every_row(string mode)
    {
        Ingest.Outage = () => RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
        var run = await SubmitAsync(Ndjson(Enumerable.Repeat("fine", 500)), "--retry-for", "0s", "--mode", mode, "--concurrency", "4");
        Assert.Equal(1, run.Code);
        Assert.Contains("DEPENDENCY_UNAVAILABLE", run.Error);
        Assert.Contains("the same command goes on from here", run.Error);
        Assert.InRange(Ingest.Arrivals.Count, 1, 20);
    }

    [Fact]
    public async Task Submit_with_a_wrong_key_sends_no_post()
    {
        var run = await ModCtlProgram.RunAsync("submit", Ndjson(["fine"]), "--address", Server.Address, "--api-key", "mk_other_key");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("Error: UNAUTHENTICATED: ", run.Error);
        Assert.Contains("expected: an API key in x-api-key", run.Error);
        Assert.Empty(Ingest.Arrivals);
    }

    [Fact]
    public async Task Submit_a_file_that_ends_in_damage_keeps_what_was_decided()
    {
        var file = _folder.Write("posts.csv", [.. "text\nfirst\n"u8, .. Enumerable.Repeat((byte)'x', 200_000), (byte)'\n', 0xFF, (byte)'\n']);
        var run = await SubmitAsync(file, "--concurrency", "1");
        Assert.Equal(1, run.Code);
        Assert.Contains("are not UTF-8", run.Error);
    }

    private string Ndjson(IEnumerable<string> texts, string name = "posts.ndjson")
        => _folder.Write(name, string.Concat(texts.Select(t => $"{{\"text\":\"{t}\"}}\n")));

    private Task<ModCtlProgram.Outcome> SubmitAsync(string path, params string[] more)
        => ModCtlProgram.RunAsync(["submit", path, "--address", Server.Address, "--api-key", FakeIngest.ApiKey, .. more]);
}
