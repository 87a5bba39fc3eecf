namespace Baltoro.Protocol.Errors;

/// <summary>The closed list of errors a client can meet: HTTP status, wire type and wire code of each.</summary>
public sealed record ErrorCode
{
    private ErrorCode(string name, int status, string type, string? code)
    {
        Name = name;
        Status = status;
        Type = type;
        Code = code;
    }

    /// <summary>The request does not satisfy the contract; the message names the field.</summary>
    public static ErrorCode InvalidRequest { get; } = new("InvalidRequest", 400, "invalid_request_error", null);

    /// <summary>Prompt, or prompt and budget, exceed the model's window.</summary>
    public static ErrorCode ContextLengthExceeded { get; } =
        new("ContextLengthExceeded", 400, "invalid_request_error", "context_length_exceeded");

    /// <summary>No key, a malformed key, an unknown key or a revoked key.</summary>
    public static ErrorCode InvalidAuthentication { get; } =
        new("InvalidAuthentication", 401, "invalid_authentication_error", "invalid_api_key");

    /// <summary>A payment provider's delivery is not signed by it, or too old.</summary>
    public static ErrorCode InvalidSignature { get; } = new("InvalidSignature", 401, "invalid_authentication_error", "invalid_signature");

    /// <summary>The key is good, but may not do this.</summary>
    public static ErrorCode PermissionDenied { get; } = new("PermissionDenied", 403, "permission_denied_error", "permission_denied");

    /// <summary>The key may not use this model.</summary>
    public static ErrorCode ModelNotAllowed { get; } = new("ModelNotAllowed", 403, "permission_denied_error", "model_not_allowed");

    /// <summary>The key may not be used from this address.</summary>
    public static ErrorCode AddressNotAllowed { get; } = new("AddressNotAllowed", 403, "permission_denied_error", "ip_not_allowed");

    /// <summary>The key has not the scope that the route needs.</summary>
    public static ErrorCode ScopeMissing { get; } = new("ScopeMissing", 403, "permission_denied_error", "scope_missing");

    /// <summary>No such organization, project, member, key or request, or one the caller may not see.</summary>
    public static ErrorCode NotFound { get; } = new("NotFound", 404, "resource_not_found_error", "not_found");

    /// <summary>There is one already, or it was changed by somebody else since it was read.</summary>
    public static ErrorCode Conflict { get; } = new("Conflict", 409, "conflict_error", "conflict");

    /// <summary>No such model.</summary>
    public static ErrorCode ModelNotFound { get; } = new("ModelNotFound", 404, "resource_not_found_error", "model_not_found");

    /// <summary>No such file, or another organization's.</summary>
    public static ErrorCode FileNotFound { get; } = new("FileNotFound", 404, "resource_not_found_error", "file_not_found");

    /// <summary>No such route.</summary>
    public static ErrorCode RouteNotFound { get; } = new("RouteNotFound", 404, "resource_not_found_error", "route_not_found");

    /// <summary>No such receipt, or not yet.</summary>
    public static ErrorCode ReceiptNotFound { get; } = new("ReceiptNotFound", 404, "resource_not_found_error", "receipt_not_found");

    /// <summary>The route exists, the method does not.</summary>
    public static ErrorCode MethodNotAllowed { get; } =
        new("MethodNotAllowed", 405, "invalid_request_error", "method_not_allowed");

    /// <summary>The body arrived too slowly.</summary>
    public static ErrorCode RequestTimeout { get; } = new("RequestTimeout", 408, "invalid_request_error", "request_timeout");

    /// <summary>A payment provider's event contradicts the ledger.</summary>
    public static ErrorCode PaymentRefused { get; } = new("PaymentRefused", 409, "invalid_request_error", "payment_refused");

    /// <summary>The first request under an idempotency key still runs; a retry helps.</summary>
    public static ErrorCode IdempotencyRunning { get; } =
        new("IdempotencyRunning", 409, "invalid_request_error", "idempotency_request_in_progress");

    /// <summary>The answer under an idempotency key was given, but is not kept.</summary>
    public static ErrorCode IdempotencyNotKept { get; } =
        new("IdempotencyNotKept", 409, "invalid_request_error", "idempotency_response_not_kept");

    /// <summary>An idempotency key was used for another request.</summary>
    public static ErrorCode IdempotencyKeyReused { get; } =
        new("IdempotencyKeyReused", 422, "invalid_request_error", "idempotency_key_reused");

    /// <summary>The body is larger than the server accepts.</summary>
    public static ErrorCode RequestTooLarge { get; } = new("RequestTooLarge", 413, "invalid_request_error", "request_too_large");

    /// <summary>No capacity at present; a retry helps.</summary>
    public static ErrorCode EngineOverloaded { get; } = new("EngineOverloaded", 429, "engine_overloaded_error", null);

    /// <summary>A limit of requests, tokens or concurrency binds; waiting helps.</summary>
    public static ErrorCode RateLimitReached { get; } = new("RateLimitReached", 429, "rate_limit_reached_error", null);

    /// <summary>Balance or budget is used up, or the account is suspended; a retry does not help.</summary>
    public static ErrorCode QuotaExceeded { get; } = new("QuotaExceeded", 429, "exceeded_current_quota_error", null);

    /// <summary>A defect on the server's side.</summary>
    public static ErrorCode ServerError { get; } = new("ServerError", 500, "server_error", null);

    /// <summary>The model is loading, unreachable or shutting down.</summary>
    public static ErrorCode ServerUnavailable { get; } = new("ServerUnavailable", 503, "server_unavailable", null);

    /// <summary>Every code, in order of status.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        InvalidRequest, ContextLengthExceeded, InvalidAuthentication, InvalidSignature, PermissionDenied, ModelNotAllowed, AddressNotAllowed,
        ScopeMissing, ModelNotFound, FileNotFound, RouteNotFound, ReceiptNotFound, NotFound, MethodNotAllowed, RequestTimeout, PaymentRefused, Conflict,
        IdempotencyRunning, IdempotencyNotKept, RequestTooLarge, IdempotencyKeyReused, EngineOverloaded, RateLimitReached, QuotaExceeded,
        ServerError, ServerUnavailable,
    ];

    /// <summary>Name used in logs and tests.</summary>
    public string Name { get; }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Value of <c>error.type</c>.</summary>
    public string Type { get; }

    /// <summary>Value of <c>error.code</c>, or null when the envelope carries none.</summary>
    public string? Code { get; }
}
