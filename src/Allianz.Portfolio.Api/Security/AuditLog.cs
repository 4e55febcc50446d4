using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Security;

/// <summary>
/// What the audit knows. What makes a revision is in the ledger already and is not written twice: accounts made, changed, deactivated and
/// erased, their rights, invitations and second factors taken away, API keys made, rotated and revoked, what an update link reported, redactions.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditEvent>))]
public enum AuditEvent
{
    /// <summary>Somebody signed in; the detail says how.</summary>
    [JsonStringEnumMemberName("signedIn")]
    SignedIn,

    /// <summary>A sign-in was refused; the subject is the account, absent when there is none of that name. Counted.</summary>
    [JsonStringEnumMemberName("signInFailed")]
    SignInFailed,

    /// <summary>The same, and the account is locked for a while after too many of them. Counted.</summary>
    [JsonStringEnumMemberName("lockedOut")]
    LockedOut,

    /// <summary>Somebody signed out.</summary>
    [JsonStringEnumMemberName("signedOut")]
    SignedOut,

    /// <summary>All sessions of an account were ended.</summary>
    [JsonStringEnumMemberName("signedOutEverywhere")]
    SignedOutEverywhere,

    /// <summary>The password was right and the second factor was not. Counted.</summary>
    [JsonStringEnumMemberName("secondFactorFailed")]
    SecondFactorFailed,

    /// <summary>A code of the authenticator app was given that had been used before. Once for each code.</summary>
    [JsonStringEnumMemberName("codeUsedAgain")]
    CodeUsedAgain,

    /// <summary>A second factor was set up.</summary>
    [JsonStringEnumMemberName("secondFactorSet")]
    SecondFactorSet,

    /// <summary>A recovery code was used in place of the second factor.</summary>
    [JsonStringEnumMemberName("recoveryCodeUsed")]
    RecoveryCodeUsed,

    /// <summary>New recovery codes were made; the old ones are void.</summary>
    [JsonStringEnumMemberName("recoveryCodesMade")]
    RecoveryCodesMade,

    /// <summary>Somebody changed the password, knowing the old one.</summary>
    [JsonStringEnumMemberName("passwordChanged")]
    PasswordChanged,

    /// <summary>Somebody set a new password by a link sent by mail.</summary>
    [JsonStringEnumMemberName("passwordReset")]
    PasswordReset,

    /// <summary>A link to set a new password was asked for. Counted.</summary>
    [JsonStringEnumMemberName("passwordResetAsked")]
    PasswordResetAsked,

    /// <summary>An invitation was taken up, or the set-up of the first administrator.</summary>
    [JsonStringEnumMemberName("invitationUsed")]
    InvitationUsed,

    /// <summary>An update link was sent.</summary>
    [JsonStringEnumMemberName("linkSent")]
    LinkSent,

    /// <summary>An update link was opened, by a person or by a mail scanner. Counted.</summary>
    [JsonStringEnumMemberName("linkOpened")]
    LinkOpened,

    /// <summary>A link was refused: unknown, used, expired or revoked. Counted.</summary>
    [JsonStringEnumMemberName("linkRefused")]
    LinkRefused,

    /// <summary>An API key, or the token of a machine client, was used. Counted.</summary>
    [JsonStringEnumMemberName("keyUsed")]
    KeyUsed,

    /// <summary>An API key or a token was refused: unknown, revoked or expired. Counted.</summary>
    [JsonStringEnumMemberName("keyRefused")]
    KeyRefused,

    /// <summary>Somebody who is known asked for what it may not; the detail is the right that it lacks and the address's form. Counted.</summary>
    [JsonStringEnumMemberName("accessRefused")]
    AccessRefused,

    /// <summary>The subject, a report that is not public, was taken out. Counted.</summary>
    [JsonStringEnumMemberName("reportTaken")]
    ReportTaken,

    /// <summary>All that is held on the subject, a person, was taken out.</summary>
    [JsonStringEnumMemberName("personExported")]
    PersonExported,
}

/// <summary>Section <c>Audit</c>.</summary>
internal sealed record AuditOptions
{
    /// <summary>Days after which an entry is forgotten.</summary>
    public int KeepDays { get; init; } = 180;

    /// <summary>Days after which the address of an entry is forgotten.</summary>
    public int AddressDays { get; init; } = 7;
}

/// <summary>
/// Writes down who came and who was turned away. Most events are written at once, and who tells a success has written it before; when
/// that is not possible, there is no success. Events that come with every request, or as often as a stranger likes, are counted: one entry for each event, actor,
/// subject, detail, shortened address and day, written once a minute, so that they cost a request next to nothing, never make it fail, and
/// cannot fill the disk.
/// </summary>
internal sealed class AuditLog(PortfolioDatabase database, TimeProvider clock, ILogger<AuditLog> log) : BackgroundService
{
    /// <summary>So many entries a day of one counted event; beyond that, addresses are no longer told apart.</summary>
    public const int MostADay = 10_000;

    private const int Batch = 500;

    private static readonly HashSet<AuditEvent> _counted =
    [
        AuditEvent.SignInFailed,
        AuditEvent.LockedOut,
        AuditEvent.SecondFactorFailed,
        AuditEvent.PasswordResetAsked,
        AuditEvent.LinkOpened,
        AuditEvent.LinkRefused,
        AuditEvent.KeyUsed,
        AuditEvent.KeyRefused,
        AuditEvent.AccessRefused,
        AuditEvent.ReportTaken,
    ];

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO AuditRecord (Id, At, LastAt, Times, Event, Actor, Subject, Detail, Address)
            VALUES (@id, @at, @lastAt, @times, @what, @actor, @subject, @detail, @address)
            """
    );

    private static readonly Statement _add = new(_ =>
        "UPDATE AuditRecord SET Times = Times + @times, LastAt = CASE WHEN LastAt < @lastAt THEN @lastAt ELSE LastAt END WHERE Id = @id"
    );

    private static readonly Statement _anonymise = new(_ =>
        """
            UPDATE AuditRecord SET Address = NULL, Detail = NULL,
                Actor = CASE WHEN Actor = @name THEN @nobody ELSE Actor END,
                Subject = CASE WHEN Subject = @name THEN @nobody ELSE Subject END
            WHERE Actor = @name OR Subject = @name
            """
    );

    private static readonly Statement _account = new(_ => "SELECT a.Id FROM Account a WHERE a.[Key] = @key");

    private readonly Lock _gate = new();
    private readonly Dictionary<AuditEvent, int> _entriesToday = [];
    private HashSet<Counted> _today = [];
    private Dictionary<Counted, Count> _pending = [];
    private DateOnly _day;

    /// <summary>Who stands in the audit for a person who was erased.</summary>
    public const string Nobody = Account.Prefix + "erased";

    /// <summary>Writes an event down, or counts it.</summary>
    /// <param name="what">What happened.</param>
    /// <param name="http">The request it came by; its address is kept, shortened.</param>
    /// <param name="actor">Who, in the ledger's words (<c>account:...</c>, <c>key:...</c>); null when nobody knows.</param>
    /// <param name="subject">Whom or what it is about, in the same words. Never what a stranger typed.</param>
    /// <param name="detail">A few words of the program's own, never a secret and never what a stranger typed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task WriteAsync(AuditEvent what, HttpContext? http, string? actor, string? subject, string? detail, CancellationToken ct)
    {
        if (_counted.Contains(what))
        {
            Add(what, http, actor, subject, detail);
            return;
        }
        await database.WriteAsync(
            async session =>
            {
                await WriteAsync(session, what, http, actor, subject, detail, ct);
                return true;
            },
            ct
        );
    }

    /// <summary>The same within a transaction: it lasts when that does.</summary>
    public Task WriteAsync(
        Session session,
        AuditEvent what,
        HttpContext? http,
        string? actor,
        string? subject,
        string? detail,
        CancellationToken ct
    )
    {
        var at = clock.GetUtcNow();
        var (id, entry) = (Guid.CreateVersion7(at), Of(what, http, actor, subject, detail, Berlin.DayOf(at)));
        return session.ExecuteAsync(_insert, Parameters(id, entry, new Count(1, at, at)), ct);
    }

    /// <summary>A report was read as a whole: who took what is not for everybody is worth knowing.</summary>
    public Task TakenAsync(HttpContext http, long report, Visibility visibility) =>
        visibility == Visibility.Public
            ? Task.CompletedTask
            : WriteAsync(
                AuditEvent.ReportTaken,
                http,
                http.Caller().Name,
                string.Create(CultureInfo.InvariantCulture, $"report:{report}"),
                null,
                http.RequestAborted
            );

    /// <summary>Takes a person out of all entries; out of those that are only counted yet, on whatever node, when they are written.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="name">As it stands there, <c>account:...</c>.</param>
    /// <param name="ct">Cancels.</param>
    public static Task AnonymiseAsync(Session session, string name, CancellationToken ct) =>
        session.ExecuteAsync(_anonymise, new { name, nobody = Nobody }, ct);

    /// <summary>Writes down what was counted. What cannot be written now is tried again next time.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        Dictionary<Counted, Count> pending;
        lock (_gate)
        {
            (pending, _pending) = (_pending, []);
        }
        foreach (var batch in pending.Chunk(Batch))
        {
            try
            {
                await database.WriteAsync(
                    async session =>
                    {
                        var erased = await ErasedAsync(session, batch.Select(p => p.Key), ct);
                        // Nodes write the same entries, so all of them in the same order.
                        foreach (var (id, entry, count) in batch.Select(p => Row(p.Key.Without(erased), p.Value)).OrderBy(r => r.Id))
                        {
                            var parameters = Parameters(id, entry, count);
                            if (await session.ExecuteAsync(_add, parameters, ct) == 0)
                            {
                                await session.ExecuteAsync(_insert, parameters, ct);
                            }
                        }
                        return batch.Length;
                    },
                    ct
                );
            }
            catch (Exception e)
            {
                // Another node may have come first with the same entry: then adding to it succeeds next time.
                lock (_gate)
                {
                    foreach (var (entry, count) in batch)
                    {
                        Merge(entry, count);
                    }
                }
                // A database that is away or full has a line of its own in the log.
                if (e is not Problem)
                {
                    log.LogWarning(e, "What was counted for the audit could not be written down yet");
                }
            }
        }
    }

    private static (Guid Id, Counted Entry, Count Count) Row(Counted entry, Count count) => (entry.Id(), entry, count);

    // Names of accounts that are there no more.
    private static async Task<HashSet<string>> ErasedAsync(Session session, IEnumerable<Counted> entries, CancellationToken ct)
    {
        const string Of = Account.Prefix;
        var erased = new HashSet<string>();
        foreach (var name in entries.SelectMany(e => new[] { e.Actor, e.Subject }).Distinct())
        {
            if (
                name?.StartsWith(Of, StringComparison.Ordinal) == true
                && await session.FirstAsync<Guid?>(_account, null, new { key = name[Of.Length..] }, ct) is null
            )
            {
                erased.Add(name);
            }
        }
        return erased;
    }

    /// <summary>The network that an address belongs to: /24, for IPv6 /48.</summary>
    public static string? Shorten(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        var kept = address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await FlushAsync(stoppingToken);
        }
    }

    private void Add(AuditEvent what, HttpContext? http, string? actor, string? subject, string? detail)
    {
        var at = clock.GetUtcNow();
        var entry = Of(what, http, actor, subject, detail, Berlin.DayOf(at));
        lock (_gate)
        {
            if (entry.Day != _day)
            {
                _day = entry.Day;
                _today = [];
                _entriesToday.Clear();
            }
            if (!_today.Contains(entry))
            {
                if (_entriesToday.GetValueOrDefault(what) < MostADay)
                {
                    _today.Add(entry);
                    _entriesToday[what] = _entriesToday.GetValueOrDefault(what) + 1;
                }
                else
                {
                    entry = entry with { Address = null };
                }
            }
            Merge(entry, new Count(1, at, at));
        }
    }

    private void Merge(Counted entry, Count count) =>
        _pending[entry] = _pending.TryGetValue(entry, out var before)
            ? new Count(
                before.Times + count.Times,
                before.First < count.First ? before.First : count.First,
                before.Last > count.Last ? before.Last : count.Last
            )
            : count;

    private static Counted Of(AuditEvent what, HttpContext? http, string? actor, string? subject, string? detail, DateOnly day) =>
        new(what, Cut(actor, 200), Cut(subject, 200), Cut(detail, 400), Shorten(http?.Connection.RemoteIpAddress), day);

    private static string? Cut(string? text, int most) => text?.Length > most ? text[..most] : text;

    private static object Parameters(Guid id, Counted entry, Count count) =>
        new
        {
            id,
            at = count.First,
            lastAt = count.Last,
            times = count.Times,
            what = Codes.Of(entry.What),
            actor = entry.Actor,
            subject = entry.Subject,
            detail = entry.Detail,
            address = entry.Address,
        };

    private sealed record Counted(AuditEvent What, string? Actor, string? Subject, string? Detail, string? Address, DateOnly Day)
    {
        public Counted Without(HashSet<string> erased)
        {
            var (actor, subject) = (Actor is not null && erased.Contains(Actor), Subject is not null && erased.Contains(Subject));
            return actor || subject
                ? this with
                {
                    Actor = actor ? Nobody : Actor,
                    Subject = subject ? Nobody : Subject,
                    Detail = null,
                    Address = null,
                }
                : this;
        }

        // The same on every node, so that all add to one entry.
        public Guid Id() =>
            new(
                SHA256
                    .HashData(Encoding.UTF8.GetBytes(string.Join('\n', What, Actor, Subject, Detail, Address, Day.DayNumber)))
                    .AsSpan(0, 16)
            );
    }

    private readonly record struct Count(long Times, DateTimeOffset First, DateTimeOffset Last);
}
