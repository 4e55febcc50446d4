using System.Net;
using System.Net.Sockets;

namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// Calls from here to addresses that somebody entered: they reach no private network, whatever a name resolves to and wherever a server
/// sends them on. Asked when a connection is made, so that a name cannot be one address for the check and another for the call.
/// </summary>
internal static class PublicAddresses
{
    // Special-purpose addresses of RFC 6890 and its registry at IANA, and what carries such an IPv4 address within IPv6.
    private static readonly IPNetwork[] _private =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Whether an address lies in the public Internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !_private.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    /// <summary>A way out that connects to public addresses only, follows nothing by itself and keeps no cookies.</summary>
    /// <param name="private">Private addresses, too: for servers of one's own network.</param>
    public static SocketsHttpHandler Handler(bool @private) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would resolve the name itself.
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxResponseHeadersLength = 32,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = async (context, ct) =>
            {
                var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, ct);
                var allowed = addresses.Where(address => @private || IsPublic(address)).ToArray();
                if (allowed.Length == 0)
                {
                    throw new HttpRequestException($"{context.DnsEndPoint.Host} has no public address.");
                }
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
}
