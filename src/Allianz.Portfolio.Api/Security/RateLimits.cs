using System.Globalization;
using System.Net.Sockets;
using Allianz.Portfolio.Api.Errors;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security;

/// <summary>Section <c>RateLimits</c>; 0 sets no limit.</summary>
internal sealed record RateLimitOptions
{
    /// <summary>Requests in a minute of one key or account, or of one address without either.</summary>
    public int Requests { get; init; } = 6000;

    /// <summary>Wrong API keys and tokens in a minute from one address.</summary>
    public int BadKeys { get; init; } = 60;

    /// <summary>Sign-ins in ten minutes from one address, or from one browser that somebody has signed in with before; those that succeed do not count.</summary>
    public int SignIns { get; init; } = 60;

    /// <summary>Letters in an hour that one address asks for.</summary>
    public int Letters { get; init; } = 20;

    /// <summary>Uses of secret links in ten minutes from one address.</summary>
    public int Links { get; init; } = 120;
}

/// <summary>What is counted; how much of it there is says <see cref="RateLimitOptions"/>.</summary>
internal enum Limit
{
    Requests,
    BadKeys,
    SignIns,
    Letters,
    Links,
}

/// <summary>Writes to this page or endpoint (not reads of it) are counted by address as well: for what is open to strangers and worth guessing.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LimitedAttribute(Limit limit) : Attribute
{
    public Limit Limit => limit;

    /// <summary>Also reads, since a read does it.</summary>
    public bool Reads { get; init; }
}

/// <summary>
/// How often one may ask. The framework's limiters neither tell what is left, nor go by our clock, nor keep their memory bounded against
/// somebody with many addresses; its middleware makes one of them in any case, whose timer outlasts the program's host.
/// </summary>
internal sealed class RateLimits
{
    private const int KnownKeys = 1 << 12;

    private readonly Quota[] _quotas;
    private readonly string _policy;

    // Keys that were right lately: whoever has one is not kept waiting for what others do from the same address.
    private readonly ulong[] _known = new ulong[KnownKeys];

    public RateLimits(IOptions<RateLimitOptions> options, TimeProvider clock)
    {
        var o = options.Value;
        _quotas =
        [
            new Quota(o.Requests, TimeSpan.FromMinutes(1), clock),
            new Quota(o.BadKeys, TimeSpan.FromMinutes(1), clock),
            new Quota(o.SignIns, TimeSpan.FromMinutes(10), clock),
            new Quota(o.Letters, TimeSpan.FromHours(1), clock),
            new Quota(o.Links, TimeSpan.FromMinutes(10), clock),
        ];
        var requests = _quotas[(int)Limit.Requests];
        _policy = string.Create(CultureInfo.InvariantCulture, $"\"requests\";q={requests.Most};w={requests.Window.TotalSeconds:0}");
    }

    /// <summary>A sign-in or a link was right: it does not count for its address.</summary>
    public void Succeeded(HttpContext context)
    {
        if (Limited(context) is { } limit)
        {
            _quotas[(int)limit].GiveBack(Origin(context, limit));
        }
    }

    /// <summary>Before a key is looked up: 429 when too many wrong ones came from its address.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">A number that only this key has.</param>
    public void BeforeKey(HttpContext context, ulong key)
    {
        if (
            Volatile.Read(ref _known[key % KnownKeys]) != key
            && !_quotas[(int)Limit.BadKeys].TryTake(Address(context), out _, out var wait)
        )
        {
            throw Problem.TooMany("Too many wrong keys from your address.", wait);
        }
    }

    /// <summary>What came of it.</summary>
    public void AfterKey(HttpContext context, ulong key, bool good)
    {
        ref var known = ref _known[key % KnownKeys];
        if (good && known != key)
        {
            Volatile.Write(ref known, key);
            _quotas[(int)Limit.BadKeys].GiveBack(Address(context));
        }
        else if (!good && known == key)
        {
            Volatile.Write(ref known, 0);
        }
    }

    /// <summary>Counts a request, unless its endpoint is not to be limited, and answers it with 429 when it is one too many.</summary>
    public static Task Middleware(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null
        || context.RequestServices.GetRequiredService<RateLimits>().Allow(context)
            ? next(context)
            : Task.CompletedTask;

    /// <summary>Counts a request; when it is one too many, its answer says so and nothing more is to be done.</summary>
    public bool Allow(HttpContext context)
    {
        if (Limited(context) is { } limit && !_quotas[(int)limit].TryTake(Origin(context, limit), out _, out var wait))
        {
            return Refuse(context, wait);
        }
        var caller = context.Caller();
        var requests = _quotas[(int)Limit.Requests];
        if (requests.Most == 0)
        {
            return true;
        }
        var granted = requests.TryTake(caller.Role == Role.Anonymous ? Address(context) : Number(caller.Name), out var left, out wait);
        if (context.Request.Path.StartsWithSegments("/api"))
        {
            // Said when the answer begins: what is refused later clears the headers away.
            context.Items[typeof(RateLimits)] = string.Create(CultureInfo.InvariantCulture, $"\"requests\";r={left};t={Seconds(wait)}");
        }
        return granted || Refuse(context, wait);
    }

    /// <summary>Says with an answer of the API how many requests are left.</summary>
    public static void Say(HttpContext context)
    {
        if (context.Items[typeof(RateLimits)] is string left)
        {
            context.Response.Headers["RateLimit-Policy"] = context.RequestServices.GetRequiredService<RateLimits>()._policy;
            context.Response.Headers["RateLimit"] = left;
        }
    }

    /// <summary>Whole seconds, none too few.</summary>
    public static int Seconds(TimeSpan wait) => (int)Math.Ceiling(wait.TotalSeconds);

    /// <summary>
    /// Where a request comes from, as a number. Of IPv6 the half that a provider gives a household; the proxy's own address counts only when
    /// it is not configured as one.
    /// </summary>
    public static int Address(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return 0;
        }
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        var hash = new HashCode();
        if (written == 16 && address.IsIPv4MappedToIPv6)
        {
            hash.AddBytes(bytes[12..]);
        }
        else
        {
            hash.AddBytes(bytes[..(address.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : written)]);
        }
        return Spread(hash.ToHashCode());
    }

    // Without a body: what answers such statuses answers this one, too.
    private static bool Refuse(HttpContext context, TimeSpan wait)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        return false;
    }

    private static Limit? Limited(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<LimitedAttribute>() is { } limited
        && (limited.Reads || HttpMethods.IsPost(context.Request.Method))
            ? limited.Limit
            : null;

    private static int Origin(HttpContext context, Limit limit) =>
        limit == Limit.SignIns && KnownBrowser.Account(context) is { } account ? Number(account) : Address(context);

    private static int Number(string who) => Spread(string.GetHashCode(who, StringComparison.OrdinalIgnoreCase));

    // Tables are indexed by the lowest bits, and both hashes begin anew with every process, so that nobody can choose whom to share with.
    private static int Spread(int hash) => hash ^ (hash >>> 16);
}

internal static class RateLimitSetup
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder
            .Read<RateLimitOptions>("RateLimits")
            .Validate(
                o => new[] { o.Requests, o.BadKeys, o.SignIns, o.Letters, o.Links }.All(n => n is >= 0 and <= 100_000_000),
                "RateLimits must be from 0 (no limit) to 100000000."
            );
        builder.Services.AddSingleton<RateLimits>();
    }

    /// <summary>Counts writes here by address as well (<see cref="LimitedAttribute"/>); pages have the attribute.</summary>
    public static TBuilder Limited<TBuilder>(this TBuilder endpoint, Limit limit)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new LimitedAttribute(limit));
}
