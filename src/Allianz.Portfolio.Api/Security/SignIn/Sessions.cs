using System.Security.Claims;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security.OpenId;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>Who is signed in with a browser, and how.</summary>
/// <param name="Account">As it was when the request came.</param>
/// <param name="Session">Which of its sessions.</param>
/// <param name="How">By what it signed in, e.g. <c>password</c> or <c>demo</c>.</param>
/// <param name="Strong">A second factor was shown, or whoever vouches for the person asks for one.</param>
/// <param name="MustSetUp">The role needs a second factor that it does not have: until then it may do nothing else.</param>
/// <param name="EndsAt">When the session ends, unless a request lets it go on.</param>
internal sealed record SignedIn(Account Account, Guid Session, string How, bool Strong, bool MustSetUp, DateTimeOffset EndsAt)
{
    /// <summary>Whole seconds until the session ends.</summary>
    public int Seconds(TimeProvider clock) => Math.Max(0, (int)(EndsAt - clock.GetUtcNow()).TotalSeconds);
}

/// <summary>Whose session it was that time has ended.</summary>
/// <param name="Account">The account.</param>
/// <param name="Principal">As forms of that session name it.</param>
internal sealed record EndedSession(Account Account, ClaimsPrincipal Principal);

/// <summary>One of somebody's sessions, as the person sees it.</summary>
internal sealed record OpenSession
{
    public Guid Id { get; init; }

    /// <summary>By what it began, e.g. <c>password</c>.</summary>
    public string How { get; init; } = "";

    /// <summary>What kind of browser and machine; null when that is not known.</summary>
    public string? Browser { get; init; }

    /// <summary>The network in which it began.</summary>
    public string? Address { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the minute; null before the first one is over.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
}

/// <summary>
/// Sessions of people. The cookie names a row, which is read with its account at every request: signing out, another password, another role
/// or being deactivated work at once, on every node.
/// </summary>
internal sealed class Sessions(
    PortfolioDatabase database,
    IOptions<AccountOptions> options,
    OpenIdProviders providers,
    AuditLog audit,
    RateLimits limits,
    LastUse use,
    TimeProvider clock
)
{
    /// <summary>The scheme of the cookie.</summary>
    public const string SchemeName = "Session";

    /// <summary>The scheme of the cookie that says whose second factor is awaited.</summary>
    public const string CodeSchemeName = "Code";

    /// <summary>
    /// What a browser forgets when somebody signs out (Clear-Site-Data). Not all cookies: that would take those of every other site below the
    /// same domain, such as the organisation's own sign-in; ours is taken away by name.
    /// </summary>
    public const string ForgetHere = "\"cache\", \"storage\"";

    // When something was last seen is written down a little later.
    private static readonly TimeSpan _late = TimeSpan.FromMinutes(2);

    private const string IdClaim = "session";
    private const string StampClaim = "stamp";

    // Whether time has ended it is asked afterwards.
    private static readonly Statement _find = new(_ =>
        $"""
            SELECT a.*, {Sources.PartnerNow(
                "a.Partner"
            )} AS SpeaksFor, s.Id AS SessionId, s.How, s.Strong, s.ExpiresAt AS EndsAt
            FROM AccountSession s JOIN Account a ON a.Id = s.AccountId
            WHERE s.Id = @id AND s.Stamp = a.SecurityStamp AND a.Active = 1
            """
    );

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO AccountSession (Id, AccountId, Stamp, How, Strong, Browser, Address, CreatedAt, ExpiresAt)
            VALUES (@id, @account, @stamp, @how, @strong, @browser, @address, @now, @expiresAt)
            """
    );

    private static readonly Statement _delete = new(_ => "DELETE FROM AccountSession WHERE Id = @id");

    private static readonly Statement _deleteOne = new(_ => "DELETE FROM AccountSession WHERE Id = @id AND AccountId = @account");

    private static readonly Statement _open = new(_ =>
        """
            SELECT s.Id, s.How, s.Browser, s.Address, s.CreatedAt, s.LastSeenAt FROM AccountSession s
            WHERE s.AccountId = @account AND s.Stamp = @stamp AND s.ExpiresAt > @now AND COALESCE(s.LastSeenAt, s.CreatedAt) > @idle
            ORDER BY s.CreatedAt DESC, s.Id
            """
    );

    private static readonly Statement _signedIn = new(_ =>
        "UPDATE Account SET FailedSignIns = 0, LockedUntil = NULL, LastSignInAt = @now WHERE Id = @account"
    );

    /// <summary>Begins a session, and ends the one that the browser had.</summary>
    /// <param name="strong">A second factor was shown, or whoever vouches for the person asks for one.</param>
    public async Task SignInAsync(HttpContext http, Account account, string how, bool strong, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.NewGuid();
        await database.WriteAsync(
            async session =>
            {
                if (http.SignedIn() is { } before)
                {
                    await session.ExecuteAsync(_delete, new { id = before.Session }, ct);
                }
                await session.ExecuteAsync(
                    _insert,
                    new
                    {
                        id,
                        account = account.Id,
                        stamp = account.SecurityStamp,
                        how,
                        strong,
                        browser = BrowserName.Of(http.Request.Headers.UserAgent),
                        address = AuditLog.Shorten(http.Connection.RemoteIpAddress),
                        now,
                        expiresAt = now.AddHours(options.Value.SessionHours),
                    },
                    ct
                );
                await session.ExecuteAsync(_signedIn, new { account = account.Id, now }, ct);
                await audit.WriteAsync(session, AuditEvent.SignedIn, http, account.Actor, account.Actor, how, ct);
                return true;
            },
            ct
        );
        limits.Succeeded(http);
        KnownBrowser.Remember(http, account.Actor);
        await http.SignOutAsync(CodeSchemeName);
        var identity = new ClaimsIdentity([new Claim(IdClaim, id.ToString())], SchemeName);
        await http.SignInAsync(SchemeName, new ClaimsPrincipal(identity));
    }

    /// <summary>Remembers for a few minutes that the password was right.</summary>
    public static Task AskForCodeAsync(HttpContext http, Account account) =>
        http.SignInAsync(
            CodeSchemeName,
            new ClaimsPrincipal(
                new ClaimsIdentity(
                    [new Claim(IdClaim, account.Id.ToString()), new Claim(StampClaim, account.SecurityStamp)],
                    CodeSchemeName
                )
            )
        );

    /// <summary>Whose second factor is awaited; null when the password was not given, or too long ago.</summary>
    public static async Task<Account?> WhoseCodeAsync(HttpContext http, PortfolioUsers users) =>
        await http.AuthenticateAsync(CodeSchemeName) is { Principal: { } principal }
        && await users.FindByIdAsync(principal.FindFirstValue(IdClaim)!) is { Active: true } account
        && account.SecurityStamp == principal.FindFirstValue(StampClaim)
            ? account
            : null;

    /// <summary>Ends this session.</summary>
    public async Task SignOutAsync(HttpContext http, CancellationToken ct)
    {
        if (http.SignedIn() is { } signedIn)
        {
            await database.WriteAsync(
                async session =>
                {
                    await session.ExecuteAsync(_delete, new { id = signedIn.Session }, ct);
                    await audit.WriteAsync(session, AuditEvent.SignedOut, http, signedIn.Account.Actor, signedIn.Account.Actor, null, ct);
                    return true;
                },
                ct
            );
        }
        await http.SignOutAsync(SchemeName);
    }

    /// <summary>Where somebody is signed in, the newest first.</summary>
    public async Task<IReadOnlyList<OpenSession>> OfAsync(Account account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.OpenAsync(ct);
        return await session.QueryAsync<OpenSession>(
            _open,
            null,
            new
            {
                account = account.Id,
                stamp = account.SecurityStamp,
                now,
                idle = now.AddMinutes(-options.Value.IdleMinutes) - _late,
            },
            ct
        );
    }

    /// <summary>Ends one of the sessions of an account; nothing happens when it has none such.</summary>
    public Task EndAsync(HttpContext http, Account account, Guid id, CancellationToken ct) =>
        database.WriteAsync(
            async session =>
            {
                if (await session.ExecuteAsync(_deleteOne, new { id, account = account.Id }, ct) > 0)
                {
                    await audit.WriteAsync(session, AuditEvent.SignedOut, http, account.Actor, account.Actor, "another session", ct);
                }
            },
            ct
        );

    /// <summary>Ends all sessions of an account, and its open links.</summary>
    public async Task EndAllAsync(Account account, CancellationToken ct)
    {
        await database.WriteAsync(
            async session =>
            {
                await AccountRows.CutAsync(session, account, ct);
                return true;
            },
            ct
        );
    }

    /// <summary>At every request: of what the cookie says only the session's id counts.</summary>
    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var now = clock.GetUtcNow();
        if (await FindAsync(http, context.Principal) is not { } row || row.EndsAt <= now)
        {
            context.RejectPrincipal();
            return;
        }
        use.SawSession(row.SessionId);
        var mustSetUp = !row.Strong && !row.Demo && options.Value.Requires(row.Role);
        var caller = mustSetUp ? Caller.Anonymous : new Caller(row.Actor, row.Role, row.SpeaksFor);
        http.Features.Set(caller);
        // A request in the second half of the time lets it go on.
        var (since, until) = (context.Properties.IssuedUtc ?? now, context.Properties.ExpiresUtc ?? row.EndsAt);
        var idle = now - since > until - now ? now.AddMinutes(options.Value.IdleMinutes) : until;
        var endsAt = idle < row.EndsAt ? idle : row.EndsAt;
        http.Features.Set(new SignedIn(row, row.SessionId, row.How, row.Strong, mustSetUp, endsAt));
        context.ReplacePrincipal(caller.Principal(SchemeName));
    }

    /// <summary>
    /// Whose session the browser's cookie names, when it is over because nothing came or its hours have passed; null for one that somebody
    /// ended, and when there is none.
    /// </summary>
    public async Task<EndedSession?> EndedAsync(HttpContext http)
    {
        var cookies = http.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(SchemeName);
        return
            http.SignedIn() is null
            && cookies.CookieManager.GetRequestCookie(http, cookies.Cookie.Name!) is { } cookie
            && cookies.TicketDataFormat.Unprotect(cookie) is { } ticket
            && await FindAsync(http, ticket.Principal) is { } row
            ? new EndedSession(row, new Caller(row.Actor, row.Role).Principal(SchemeName))
            : null;
    }

    private async Task<Row?> FindAsync(HttpContext http, ClaimsPrincipal? principal)
    {
        if (!Guid.TryParse(principal?.FindFirstValue(IdClaim), out var id))
        {
            return null;
        }
        await using var session = await database.OpenAsync(http.RequestAborted);
        return
            await session.FirstAsync<Row>(_find, null, new { id }, http.RequestAborted) is { } row
            && (!row.Demo || DemoSignIn.IsPossible(http))
            && providers.MayStay(row.How, row.Role, row.Partner)
            ? row
            : null;
    }

    private sealed class Row : Account
    {
        public Guid SessionId { get; set; }
        public string? SpeaksFor { get; set; }
        public string How { get; set; } = "";
        public bool Strong { get; set; }
        public DateTimeOffset EndsAt { get; set; }
    }
}
