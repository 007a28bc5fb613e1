using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Auth;

public sealed class SignedTokensTests : IDisposable
{
    private readonly string _key = Path.GetTempFileName();
    private static readonly Person Ana = Person.Of("ana", [Role.Reviewer, Role.Admin], ["acme", "globex"], [Person.ChildSafety]);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2030-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    public SignedTokensTests() => File.WriteAllText(_key, new string('s', 32));

    public void Dispose() => File.Delete(_key);

    [Fact]
    public async Task Validate_of_an_issued_token_gives_the_person()
    {
        var token = People().Issue(Ana, TimeSpan.FromMinutes(5));
        var read = await People().ValidateAsync(token);
        Assert.NotNull(read);
        Assert.Equal("ana", read.Subject);
        Assert.Equivalent(Ana.Roles, read.Roles, strict: true);
        Assert.Equivalent(Ana.Tenants, read.Tenants, strict: true);
        Assert.Equivalent(Ana.Clearances, read.Clearances, strict: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Validate_of_an_expired_token_gives_none(bool seenBefore)
    {
        var people = People();
        var token = people.Issue(Ana, TimeSpan.FromMinutes(5));
        if (seenBefore)
        {
            Assert.Equal("ana", (await people.ValidateAsync(token))?.Subject);
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await people.ValidateAsync(token));
    }

    [Fact]
    public async Task Validate_of_a_token_from_the_future_gives_none()
    {
        var token = People().Issue(Ana, TimeSpan.FromHours(1));
        _time.AutoAdvanceAmount = TimeSpan.Zero;
        var earlier = new PeopleTokens(Options.Create(new PeopleOptions { KeyFile = _key }), new FakeTimeProvider(_time.GetUtcNow().AddMinutes(-2)));
        Assert.Null(await earlier.ValidateAsync(token));
    }

    [Fact]
    public async Task Validate_of_a_token_for_another_audience_gives_none()
    {
        var services = new ServiceTokens(Options.Create(new ServiceTokenOptions { KeyFile = _key }), _time);
        Assert.Null(await People().ValidateAsync(services.Issue("ingest", TimeSpan.FromMinutes(5))));
        Assert.Null(await services.ValidateAsync(People().Issue(Ana, TimeSpan.FromMinutes(5))));
    }

    [Fact]
    public async Task Validate_of_a_tampered_token_gives_none()
    {
        var people = People();
        var parts = people.Issue(Ana, TimeSpan.FromMinutes(5)).Split('.');
        var other = people.Issue(Ana with { Subject = "eve" }, TimeSpan.FromMinutes(5)).Split('.');
        var none = Base64("""{"alg":"none","typ":"JWT"}""");
        Assert.Null(await people.ValidateAsync($"{parts[0]}.{other[1]}.{parts[2]}"));
        Assert.Null(await people.ValidateAsync($"{none}.{parts[1]}."));
        Assert.Null(await people.ValidateAsync($"{parts[0]}.{parts[1]}."));
        Assert.Null(await people.ValidateAsync("not a token"));
        Assert.Null(await people.ValidateAsync(""));
    }

    [Fact]
    public async Task Validate_of_a_token_of_another_key_gives_none()
    {
        var token = People().Issue(Ana, TimeSpan.FromMinutes(5));
        await File.WriteAllTextAsync(_key, new string('t', 32));
        Assert.Null(await People().ValidateAsync(token));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(0)]
    public void Key_that_is_too_short_is_refused_with_its_setting(int length)
    {
        File.WriteAllText(_key, new string('s', length));
        Assert.Contains("People:KeyFile", Assert.Throws<InvalidOperationException>(People).Message, StringComparison.Ordinal);
    }

    private PeopleTokens People() => new(Options.Create(new PeopleOptions { KeyFile = _key }), _time);

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));
}
