using System.Net;
using Moderation.Enforcement.Delivery;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

public sealed class DeliveryAddressTests
{
    private static readonly DeliveryAddress Strict = new(false, []);

    [Theory]
    [InlineData("https://hooks.acme.example/moderation?x=1", true)]
    [InlineData("https://93.184.216.34:8443/", true)]
    [InlineData("http://hooks.acme.example/", false)]
    [InlineData("ftp://hooks.acme.example/", false)]
    [InlineData("hooks.acme.example", false)]
    [InlineData("https://user:secret@hooks.acme.example/", false)]
    [InlineData("https://hooks.acme.example/#part", false)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("https://2130706433/", false)] // 127.0.0.1 as a number
    [InlineData("https://0x7f.1/", false)]
    [InlineData("https://169.254.169.254/latest/meta-data/", false)]
    [InlineData("https://10.1.2.3/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://[::ffff:10.0.0.1]/", false)]
    [InlineData("https://[fd00::1]/", false)]
    [InlineData("https://[fe80::1]/", false)]
    [InlineData("https://[2002:7f00:1::]/", false)] // 6to4 of 127.0.0.1
    [InlineData("https://[2606:2800:220:1:248:1893:25c8:1946]/", true)]
    public void Url_is_taken(string url, bool taken) => Assert.Equal(taken, Strict.Violation(url) is null);

    [Fact]
    public void Url_longer_than_the_bound_is_refused()
        => Assert.NotNull(Strict.Violation("https://hooks.acme.example/" + new string('a', DeliveryAddress.MaxLength)));

    [Fact]
    public void Http_and_a_named_network_are_taken_where_the_installation_says_so()
    {
        var open = new DeliveryAddress(true, [IPNetwork.Parse("10.0.0.0/8")]);
        Assert.Null(open.Violation("http://10.1.2.3/hook"));
        Assert.NotNull(open.Violation("http://192.168.1.1/hook"));
        Assert.True(open.IsAllowed(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(open.IsAllowed(IPAddress.Loopback));
    }
}
