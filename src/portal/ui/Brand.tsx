/** Two sails on a hull: the ship of the trade that the name remembers. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="4 4 24 24" width="24" height="24" aria-hidden="true">
        <path d="M15 5v16H6.500Z" />
        <path d="M17.500 9v12H25Z" className="second" />
        <path d="M5 23.500h22l-3 4H8Z" />
      </svg>
      Hansa
    </span>
  );
}
