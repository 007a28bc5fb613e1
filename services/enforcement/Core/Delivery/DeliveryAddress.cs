using System.Net;
using System.Net.Sockets;

namespace Moderation.Enforcement.Delivery;

/// <summary>
/// Where events may be delivered. An address that a person of one tenant chooses must not reach into the operator's own network, so
/// networks that are not public are refused unless they are named.
/// </summary>
/// <param name="AllowHttp">Plain http is taken too; for development.</param>
/// <param name="Allowed">Networks that are taken although they are not public.</param>
public sealed record DeliveryAddress(bool AllowHttp, IReadOnlyList<IPNetwork> Allowed)
{
    /// <summary>Characters of an address at most.</summary>
    public const int MaxLength = 2048;

    // IANA's special-purpose registries: this host, private, shared, loopback, link-local (metadata services), documentation, benchmarks,
    // multicast, reserved; and of IPv6 all but the global unicast 2000::/3, of which documentation and the tunnels that embed IPv4 go too.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>What is wrong with <paramref name="url"/>, or null. Names are resolved, and held against the networks, when a connection is made.</summary>
    public string? Violation(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.Length > MaxLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.HostNameType == UriHostNameType.Unknown)
        {
            return $"must be an absolute URL of at most {MaxLength} characters";
        }

        if (uri.Scheme != Uri.UriSchemeHttps && !(AllowHttp && uri.Scheme == Uri.UriSchemeHttp))
        {
            return AllowHttp ? "must begin with https:// or http://" : "must begin with https:// (Delivery:Webhooks:AllowHttp allows http for development)";
        }

        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            return "must have no user info and no fragment";
        }

        return IPAddress.TryParse(uri.DnsSafeHost, out var address) && !IsAllowed(address)
            ? "must not be in a network that is not public, unless Delivery:Webhooks:AllowedNetworks names it"
            : null;
    }

    /// <summary>Whether events may be sent to <paramref name="address"/>.</summary>
    public bool IsAllowed(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return Allowed.Any(n => n.Contains(address))
            || (!NotPublic.Any(n => n.Contains(address)) && (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address)));
    }
}
