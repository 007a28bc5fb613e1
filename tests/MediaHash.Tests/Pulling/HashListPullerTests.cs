using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Exchange;
using Moderation.MediaHash.Host.Pulling;
using Xunit;

namespace Moderation.MediaHash.Tests.Pulling;

public sealed class HashListPullerTests(SharedRedis redis) : IClassFixture<SharedRedis>, IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lists-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private RunningService _service = null!; // set by InitializeAsync before any test

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(redis.Server);

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private HashListPuller Puller(PullSource source)
    {
        var options = new PullOptions();
        options.Sources.Add(source);
        Assert.Null(options.Fault());
        var services = _service.Services;
        return new HashListPuller(
            Options.Create(options), services.GetRequiredService<PullStore>(), services.GetRequiredService<LeaseStore>(),
            services.GetRequiredService<HashListImport>(), services.GetRequiredService<IHttpClientFactory>(), _time, NullLogger<HashListPuller>.Instance);
    }

    private static PullSource Source(string name, string location, string key = "") => new()
    {
        Name = name,
        Bank = name,
        Location = location,
        Category = HarmCategory.FraudSpam,
        Every = TimeSpan.FromMinutes(10),
        PublicKeyFile = key,
    };

    private static string Row(int number) => $$"""{"signal_type":"md5","signal_str":"{{number:x32}}","id":"e{{number}}"}""";

    private async Task<bool> HasAsync(string bank, string entry) =>
        await _service.Services.GetRequiredService<BankStore>().FindAsync(new BankEntryKey(bank, entry)) is not null;

    private void Write(string name, params string[] lines) => File.WriteAllLines(Path.Combine(_directory.FullName, name), lines);

    [Fact]
    public async Task Directory_is_read_when_it_is_due_and_only_what_has_changed()
    {
        Write("a.ndjson", Row(1), Row(2));
        Write("b.csv", "id,md5", "x," + new string('a', 32));
        Write("notes.txt", "no list");
        var puller = Puller(Source("folder", _directory.FullName));
        Assert.Equal(2, await puller.PullAsync(CancellationToken.None));
        Assert.True(await HasAsync("folder", "e2") && await HasAsync("folder", "x:md5"));
        Write("a.ndjson", Row(1), Row(2), Row(3));
        Assert.Equal(0, await puller.PullAsync(CancellationToken.None)); // not due
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await puller.PullAsync(CancellationToken.None));
        Assert.True(await HasAsync("folder", "e3"));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, await puller.PullAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Row_that_says_deleted_removes_its_entry()
    {
        Write("ncmec.csv", "id,deleted,md5", "a,false," + new string('1', 32), "b,false," + new string('2', 32));
        var puller = Puller(Source("taken-back", _directory.FullName));
        Assert.Equal(1, await puller.PullAsync(CancellationToken.None));
        Write("ncmec.csv", "id,deleted,md5", "a,true," + new string('1', 32), "b,false," + new string('2', 32), "broken");
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await puller.PullAsync(CancellationToken.None));
        Assert.False(await HasAsync("taken-back", "a:md5"));
        Assert.True(await HasAsync("taken-back", "b:md5"));
    }

    [Fact]
    public async Task Address_is_asked_with_its_etag_and_answers_not_modified()
    {
        var (body, etag, statuses) = (Row(1), "\"v1\"", new List<int>());
        await using var server = await ServeAsync(context =>
        {
            if (context.Request.Path.Value!.EndsWith(".sig", StringComparison.Ordinal))
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            }
            context.Response.Headers.ETag = etag;
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch == etag ? 304 : 200;
            statuses.Add(context.Response.StatusCode);
            return context.Response.StatusCode == 304 ? Task.CompletedTask : context.Response.WriteAsync(body);
        });
        var puller = Puller(Source("address", server.Urls.First() + "/list.ndjson"));
        Assert.Equal(1, await puller.PullAsync(CancellationToken.None));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, await puller.PullAsync(CancellationToken.None));
        (body, etag) = (Row(1) + "\n" + Row(9), "\"v2\"");
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await puller.PullAsync(CancellationToken.None));
        Assert.True(await HasAsync("address", "e9"));
        Assert.Equal([200, 304, 200], statuses);
    }

    [Fact]
    public async Task Signed_list_is_taken_only_with_its_signature()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = Path.Combine(_directory.FullName, "key.pem");
        await File.WriteAllTextAsync(pem, key.ExportSubjectPublicKeyInfoPem());
        Write("s.ndjson", Row(5));
        var (list, signature) = (Path.Combine(_directory.FullName, "s.ndjson"), Path.Combine(_directory.FullName, "s.ndjson.sig"));
        var puller = Puller(Source("signed", _directory.FullName, pem));
        Assert.Equal(0, await puller.PullAsync(CancellationToken.None)); // there is none
        await File.WriteAllBytesAsync(signature, key.SignData("another"u8, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, await puller.PullAsync(CancellationToken.None));
        Assert.False(await HasAsync("signed", "e5"));
        var right = key.SignData(await File.ReadAllBytesAsync(list), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        await File.WriteAllTextAsync(signature, Convert.ToBase64String(right));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await puller.PullAsync(CancellationToken.None));
        Assert.True(await HasAsync("signed", "e5"));
    }

    [Theory]
    [InlineData("Name", "Not A Name")]
    [InlineData("Location", "http://lists.example/list.csv")]
    [InlineData("Location", "relative/folder")]
    [InlineData("Bank", "Not A Bank")]
    [InlineData("PublicKeyFile", "/no/such/key.pem")]
    public void Source_that_is_wrong_is_named(string setting, string value)
    {
        var source = Source("right", "/tmp");
        typeof(PullSource).GetProperty(setting)!.SetValue(source, value); // one of its settings
        var options = new PullOptions();
        options.Sources.Add(source);
        Assert.StartsWith("MediaHash:Pull:Sources:0:" + setting, options.Fault(), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
