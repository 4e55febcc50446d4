using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>
/// What somebody typed whose session ended meanwhile: kept for an hour, protected, and shown again in its form to the same account, which
/// sends it or does not. Only a form that this program gave to that account is kept, so that nobody puts words into another's form.
/// </summary>
internal sealed class KeptForms(
    PortfolioDatabase database,
    IDataProtectionProvider protection,
    IOptions<AntiforgeryOptions> antiforgery,
    TimeProvider clock
)
{
    /// <summary>Names the kept form in the address of its page.</summary>
    public const string Parameter = "kept";

    /// <summary>Of the fields of a form, with their names. The largest form of ours is a report's draft: 200 comments of 2,000 characters and a foreword.</summary>
    public const int MostCharacters = 450_000;

    /// <summary>What an account has kept at once; the oldest makes room.</summary>
    public const int MostOfAccount = 5;

    /// <summary>How long it is kept.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>Fields that are never kept: passwords, codes, and the key of a second factor.</summary>
    public static readonly IReadOnlySet<string> Secrets = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "password",
        "again",
        "current",
        "code",
        "old",
        "key",
    };

    // Stands in the address when there was something that could not be kept.
    private const string TooMuch = "none";

    private const string Handler = "handler";

    private static readonly Statement _forget = new(_ => "DELETE FROM KeptForm WHERE ExpiresAt <= @now");

    private static readonly Statement _ofAccount = new(_ =>
        "SELECT k.Id FROM KeptForm k WHERE k.AccountId = @account ORDER BY k.ExpiresAt DESC, k.Id"
    );

    private static readonly Statement _delete = new(_ => "DELETE FROM KeptForm WHERE Id = @id");

    private static readonly Statement _insert = new(_ =>
        "INSERT INTO KeptForm (Id, AccountId, Content, ExpiresAt) VALUES (@id, @account, @content, @expiresAt)"
    );

    private static readonly Statement _find = new(_ =>
        "SELECT k.AccountId, k.Content FROM KeptForm k WHERE k.Id = @id AND k.ExpiresAt > @now"
    );

    /// <summary>Keeps what comes too late, and finds it again when its account comes back to the page.</summary>
    public static async Task Middleware(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (
            http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null
            && request.Headers.Authorization.Count == 0
            && request.IsForPeople()
        )
        {
            var forms = http.RequestServices.GetRequiredService<KeptForms>();
            if (http.SignedIn() is { } signedIn)
            {
                await forms.FindAsync(http, signedIn);
            }
            else if (
                HttpMethods.IsPost(request.Method)
                && request.HasFormContentType
                && await http.RequestServices.GetRequiredService<Sessions>().EndedAsync(http) is { } ended
                && await IsItsFormAsync(http, ended)
            )
            {
                if (NeedsSession(http))
                {
                    await forms.KeepAsync(http, ended.Account);
                    return;
                }
                // The form does not ask who sends it: that it was given out in a session that has ended is no reason to refuse it.
                http.User = ended.Principal;
            }
        }
        await next(http);
    }

    /// <summary>What the page for signing in says; null when nothing was kept.</summary>
    public static string? NoteBefore(string? returnUrl) =>
        KeptIn(returnUrl) switch
        {
            null => null,
            TooMuch =>
                "Ihre Sitzung ist abgelaufen. Gesendet ist nichts, und was Sie eingegeben haben, ließ sich nicht aufheben: Es war zu viel. Ihr Browser hat es vielleicht noch, wenn Sie zurückgehen.",
            _ =>
                "Ihre Sitzung ist abgelaufen. Gesendet ist noch nichts. Melden Sie sich innerhalb einer Stunde wieder an, dann steht Ihr Formular so da, wie Sie es ausgefüllt haben.",
        };

    /// <summary>What the page says to which somebody came back; null when it was asked for as usual.</summary>
    public static string? NoteAfter(HttpContext http) =>
        http.SignedIn() is null || !HttpMethods.IsGet(http.Request.Method) || !http.Request.Query.ContainsKey(Parameter) ? null
        : http.Features.Get<KeptForm>() is { IsShown: true }
            ? "Ihre Sitzung war abgelaufen. Was Sie eingegeben hatten, steht wieder im Formular, Passwörter und Codes ausgenommen. Gesendet ist noch nichts: Prüfen Sie es, und senden Sie es dann ab."
        : "Ihre Sitzung war abgelaufen. Aus der früheren Sitzung wurde nichts übernommen und nichts gesendet.";

    /// <summary>When the session ends, for pages on which somebody fills in something; null for all others.</summary>
    public static DateTimeOffset? EndOf(ViewContext view) =>
        view.HttpContext.SignedIn() is { } signedIn
        && view.ActionDescriptor is PageActionDescriptor page
        && page.BoundProperties.Any(p => p.BindingInfo?.RequestPredicate is not null)
            ? signedIn.EndsAt
            : null;

    // Ways in and out, and the links of letters, are for everybody.
    private static bool NeedsSession(HttpContext http) =>
        !AnswerHeaders.IsSecret(http)
        && (
            http.GetEndpoint()?.Metadata.GetMetadata<Right>() is not { Resource: Resource.SignIn or Resource.UpdateForm or Resource.Frame }
            || http.Request.Path.StartsWithSegments("/account", StringComparison.OrdinalIgnoreCase)
        );

    private static async Task<bool> IsItsFormAsync(HttpContext http, EndedSession ended)
    {
        var user = http.User;
        http.User = ended.Principal;
        try
        {
            return await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http);
        }
        catch (AntiforgeryValidationException)
        {
            return false;
        }
        finally
        {
            http.User = user;
        }
    }

    private async Task KeepAsync(HttpContext http, Account account)
    {
        var (request, ct) = (http.Request, http.RequestAborted);
        // Files are no fields, and are left out by that.
        var fields = (await request.ReadFormAsync(ct))
            .Where(f => f.Key != antiforgery.Value.FormFieldName && !Secrets.Contains(f.Key))
            .ToDictionary(f => f.Key, f => f.Value.ToArray());
        var size = fields.Sum(f => f.Key.Length + f.Value.Sum(v => v?.Length ?? 0));
        string? kept = null;
        if (size > MostCharacters)
        {
            kept = TooMuch;
        }
        else if (fields.Count > 0)
        {
            // Not in the order of time, and not to be guessed.
            var id = Guid.NewGuid();
            var content = Protector(account.Id).Protect(JsonSerializer.Serialize(fields));
            var now = clock.GetUtcNow();
            await database.WriteAsync(
                async session =>
                {
                    await session.ExecuteAsync(_forget, new { now }, ct);
                    var others = await session.QueryAsync<Guid>(_ofAccount, null, new { account = account.Id }, ct);
                    foreach (var other in others.Skip(MostOfAccount - 1).Order())
                    {
                        await session.ExecuteAsync(_delete, new { id = other }, ct);
                    }
                    return await session.ExecuteAsync(
                        _insert,
                        new
                        {
                            id,
                            account = account.Id,
                            content,
                            expiresAt = now + Life,
                        },
                        ct
                    );
                },
                ct
            );
            kept = id.ToString("N");
        }
        var query = new QueryBuilder(
            request
                .Query.Where(q => q.Key is not (Parameter or Handler))
                .SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v ?? ""))
        );
        if (kept is not null)
        {
            query.Add(Parameter, kept);
        }
        var back = $"{request.PathBase}{request.Path}{query}";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Redirect($"{request.PathBase}/sign-in{new QueryBuilder { { "returnUrl", back } }}");
    }

    // Whoever sends a form that was shown again has it; whoever is somebody else leaves nothing of it behind.
    private async Task FindAsync(HttpContext http, SignedIn signedIn)
    {
        var ct = http.RequestAborted;
        if (http.Request.Query[Parameter] is not [{ } text] || !Guid.TryParseExact(text, "N", out var id))
        {
            return;
        }
        Row? row;
        await using (var session = await database.OpenAsync(ct))
        {
            row = await session.FirstAsync<Row>(_find, null, new { id, now = clock.GetUtcNow() }, ct);
        }
        if (row is null)
        {
            return;
        }
        if (row.AccountId != signedIn.Account.Id || HttpMethods.IsPost(http.Request.Method))
        {
            await database.WriteAsync(session => session.ExecuteAsync(_delete, new { id }, ct), ct);
            return;
        }
        try
        {
            var json = Protector(row.AccountId).Unprotect(row.Content);
            var fields = JsonSerializer.Deserialize<Dictionary<string, string?[]>>(json)!;
            http.Features.Set(
                new KeptForm(fields.ToDictionary(f => f.Key, f => new StringValues(f.Value), StringComparer.OrdinalIgnoreCase))
            );
        }
        catch (CryptographicException)
        {
            // The key with which it was protected is gone.
        }
    }

    private IDataProtector Protector(Guid account) => protection.CreateProtector("kept form", account.ToString());

    // What is kept, as a way back names it.
    private static string? KeptIn(string? returnUrl)
    {
        var at = returnUrl?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        return at < 0
            ? null
            : Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(returnUrl![at..]).GetValueOrDefault(Parameter).FirstOrDefault();
    }

    private sealed record Row
    {
        public Guid AccountId { get; init; }
        public string Content { get; init; } = "";
    }
}

/// <summary>A form that was kept, for the page that is about to be shown.</summary>
/// <param name="Fields">As they were sent.</param>
internal sealed record KeptForm(Dictionary<string, StringValues> Fields)
{
    /// <summary>The page shows it.</summary>
    public bool IsShown { get; set; }
}

/// <summary>A page that shows more than its fields by what stands in them.</summary>
internal interface IRefilled
{
    /// <summary>The form holds again what was typed into it before the session ended.</summary>
    Task RefilledAsync(CancellationToken ct);
}

/// <summary>
/// Puts a kept form into its page: first the page is made as always, then what was typed is bound over it as if it were sent. Nothing that
/// sending does is done.
/// </summary>
internal sealed class RefillForms : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var executed = await next();
        if (
            context.HttpContext.Features.Get<KeptForm>() is { } form
            && executed is { Exception: null, Canceled: false, Result: null or PageResult, HandlerInstance: PageModel page }
            && await BindAsync(executed, form)
        )
        {
            form.IsShown = true;
            if (page is IRefilled refilled)
            {
                await refilled.RefilledAsync(context.HttpContext.RequestAborted);
            }
        }
    }

    private static async Task<bool> BindAsync(PageHandlerExecutedContext context, KeptForm form)
    {
        var services = context.HttpContext.RequestServices;
        var metadata = (ModelMetadataProvider)services.GetRequiredService<IModelMetadataProvider>();
        var binders = services.GetRequiredService<IModelBinderFactory>();
        var binder = services.GetRequiredService<ParameterBinder>();
        var values = new FormValueProvider(BindingSource.Form, new FormCollection(form.Fields), CultureInfo.CurrentCulture);
        var bound = false;
        // Properties of forms take what was sent only where something was.
        var method = context.HttpContext.Request.Method;
        context.HttpContext.Request.Method = HttpMethods.Post;
        try
        {
            foreach (var property in context.ActionDescriptor.BoundProperties.Cast<PageBoundPropertyDescriptor>())
            {
                var name = property.BindingInfo?.BinderModelName ?? property.Name;
                if (!values.ContainsPrefix(name) || KeptForms.Secrets.Contains(name))
                {
                    continue;
                }
                var of = metadata.GetMetadataForProperty(property.Property, property.ParameterType);
                var made = binders.CreateBinder(
                    new ModelBinderFactoryContext
                    {
                        BindingInfo = property.BindingInfo,
                        Metadata = of,
                        CacheToken = property,
                    }
                );
                var result = await binder.BindModelAsync(
                    context,
                    made,
                    values,
                    property,
                    of,
                    value: null,
                    container: context.HandlerInstance
                );
                if (result.IsModelSet)
                {
                    property.Property.SetValue(context.HandlerInstance, result.Model);
                    bound = true;
                }
            }
        }
        finally
        {
            context.HttpContext.Request.Method = method;
        }
        return bound;
    }
}
